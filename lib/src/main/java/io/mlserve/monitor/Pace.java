package io.mlserve.monitor;

import io.mlserve.change.Backoff;
import java.time.Duration;

/**
 * How long a monitor sleeps between passes.
 *
 * @param interval when all is well
 * @param jitter by which part of it a sleep may be longer or shorter, so that many monitors of one
 *     source do not come in step
 * @param backoff while the source cannot be asked, where that is longer
 */
public record Pace(Duration interval, double jitter, Backoff backoff) {
  public Pace {
    if (interval.isNegative() || interval.isZero() || !(jitter >= 0 && jitter < 1)) {
      throw new IllegalArgumentException(
          "interval " + interval + ", jitter " + jitter + " (expected: > 0, in [0, 1))");
    }
  }

  /**
   * The sleep after a pass.
   *
   * @param failures passes in a row in which the source could not be asked
   * @param fraction a random number in [0, 1)
   */
  public Duration sleep(int failures, double fraction) {
    Duration base = interval;
    if (failures > 0 && backoff.delay(failures).compareTo(interval) > 0) {
      base = backoff.delay(failures);
    }
    return base.plusNanos((long) (base.toNanos() * jitter * (2 * fraction - 1)));
  }
}
