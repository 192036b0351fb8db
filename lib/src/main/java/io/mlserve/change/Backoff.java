package io.mlserve.change;

import java.time.Duration;

/**
 * How long to wait after the n-th failure in a row: doubling from {@code first}, never more than
 * {@code most}.
 */
public record Backoff(Duration first, Duration most) {
  private static final int MOST_DOUBLINGS = 30;

  public Backoff {
    if (first.isNegative() || first.isZero() || first.compareTo(most) > 0) {
      throw new IllegalArgumentException(
          "backoff " + first + " to " + most + " (expected: 0 < first <= most)");
    }
  }

  /** The wait after {@code failures} failures in a row, which is at least one. */
  public Duration delay(int failures) {
    if (failures < 1) {
      throw new IllegalArgumentException("failures: " + failures + " (expected: >= 1)");
    }
    Duration delay = first.multipliedBy(1L << Math.min(failures - 1, MOST_DOUBLINGS));
    return delay.compareTo(most) < 0 ? delay : most;
  }

  /**
   * The same wait shortened by up to a half, so that many clients of one server do not come back in
   * step. {@code fraction} is a random number in [0, 1).
   */
  public Duration delay(int failures, double fraction) {
    Duration delay = delay(failures);
    return delay.minusNanos((long) (delay.toNanos() / 2.0 * fraction));
  }
}
