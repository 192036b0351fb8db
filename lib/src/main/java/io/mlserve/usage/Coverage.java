package io.mlserve.usage;

import java.util.List;

/** How much of a window is known. */
public final class Coverage {
  private Coverage() {}

  /** The share of a window, 0 to 1, in which no request can have been missed at one server. */
  public static double of(List<Growth> growth, Window window) {
    double known =
        growth.stream()
            .filter(Growth::complete)
            .mapToDouble(each -> window.overlapSeconds(each.from(), each.to()))
            .sum();
    return Math.min(1, known / window.seconds());
  }
}
