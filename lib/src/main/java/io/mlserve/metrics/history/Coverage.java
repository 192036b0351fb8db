package io.mlserve.metrics.history;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Of which time anything is known.
 *
 * @param since when recording began
 * @param gaps after that, oldest first, none overlapping another
 */
public record Coverage(Instant since, List<Gap> gaps) {
  public Coverage {
    gaps = List.copyOf(gaps);
  }

  /** How much of the {@code window} before {@code now} is known, from 0 to 1. */
  public double of(Duration window, Instant now) {
    if (window.isZero()) {
      return 1;
    }
    Instant start = now.minus(window);
    double known = seconds(later(start, since), now);
    for (Gap gap : gaps) {
      known -= seconds(later(start, gap.from()), gap.to().isBefore(now) ? gap.to() : now);
    }
    return Math.max(0, Math.min(1, known / (window.toNanos() / 1e9)));
  }

  private static Instant later(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }

  private static double seconds(Instant from, Instant to) {
    return to.isAfter(from) ? Duration.between(from, to).toNanos() / 1e9 : 0;
  }
}
