package io.mlserve.remote;

import java.time.Duration;
import java.util.Optional;

/**
 * When to try again what failed for a while: after {@code first}, then twice as long each time, at
 * most {@code most}; each wait shortened by up to a half at random, so that many clients of one
 * server do not come back in step. A server that says when to come back is believed.
 *
 * @param retries after the first attempt; zero for none
 * @param budget no wait is begun that would end later than this after the first attempt began
 */
public record RetryPolicy(int retries, Duration first, Duration most, Duration budget) {
  /** Five retries from one second on, within ten minutes. */
  public static final RetryPolicy DEFAULT =
      new RetryPolicy(5, Duration.ofSeconds(1), Duration.ofMinutes(1), Duration.ofMinutes(10));

  private static final int MOST_DOUBLINGS = 30;

  public RetryPolicy {
    if (retries < 0 || first.isNegative() || first.isZero() || first.compareTo(most) > 0) {
      throw new IllegalArgumentException(
          retries + " retries, " + first + " to " + most + " (expected: >= 0, 0 < first <= most)");
    }
  }

  /**
   * How long to wait before the next attempt, or empty to give up.
   *
   * @param failures so far, at least one
   * @param elapsed since the first attempt began
   * @param asked what the server asked for
   * @param fraction a random number in [0, 1)
   */
  public Optional<Duration> delay(
      int failures, Duration elapsed, Optional<Duration> asked, double fraction) {
    if (failures > retries) {
      return Optional.empty();
    }
    Duration full = first.multipliedBy(1L << Math.min(failures - 1, MOST_DOUBLINGS));
    Duration capped = full.compareTo(most) < 0 ? full : most;
    Duration own = capped.minusNanos((long) (capped.toNanos() / 2.0 * fraction));
    Duration delay = asked.filter(wait -> wait.compareTo(own) > 0).orElse(own);
    return Optional.of(delay).filter(wait -> elapsed.plus(wait).compareTo(budget) <= 0);
  }
}
