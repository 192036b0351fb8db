package io.mlserve.usage;

import java.time.Instant;

/**
 * How many requests came between two moments at one server.
 *
 * @param complete whether none can have been missed; a server that was restarted in between may
 *     have answered some that nobody saw
 */
public record Growth(Instant from, Instant to, double requests, boolean complete) {
  public Growth {
    if (to.isBefore(from) || requests < 0) {
      throw new IllegalArgumentException(requests + " requests from " + from + " to " + to);
    }
  }

  double seconds() {
    return Window.seconds(from, to);
  }

  /** The requests of it that fall into a window, taken as evenly spread. */
  double within(Window window) {
    double seconds = seconds();
    return seconds > 0
        ? requests * window.overlapSeconds(from, to) / seconds
        : window.reaches(from) && !from.isAfter(window.end()) ? requests : 0;
  }
}
