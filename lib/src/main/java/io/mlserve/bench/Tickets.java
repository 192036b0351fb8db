package io.mlserve.bench;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Hands out the numbers of the requests of one run, and none when it is over. All times are {@link
 * System#nanoTime()}, read by the caller.
 *
 * <p>Thread-safe.
 */
final class Tickets {
  /** No more requests. */
  static final long NONE = -1;

  private static final Duration ENDLESS = Duration.ofDays(365);

  private final long measureFrom;
  private final long end;
  private final long most;
  private final AtomicLong warmUps = new AtomicLong();
  private final AtomicLong measured = new AtomicLong();
  private volatile boolean stopped;

  Tickets(Extent extent, Duration ramp, long now) {
    this.measureFrom = now + ramp.toNanos() + extent.warmUp().toNanos();
    this.end = measureFrom + extent.duration().orElse(ENDLESS).toNanos();
    this.most = extent.requests().orElse(Long.MAX_VALUE);
  }

  /** The number of the next request, counted from 0 in the warm-up and anew after it. */
  long take(long now) {
    if (stopped || now - end >= 0) {
      return NONE;
    }
    if (!isMeasured(now)) {
      return warmUps.getAndIncrement();
    }
    long number = measured.getAndIncrement();
    return number < most ? number : NONE;
  }

  /** Whether what is sent at that time counts. */
  boolean isMeasured(long sent) {
    return sent - measureFrom >= 0;
  }

  /** When the first request that counts may be sent. */
  long measureFrom() {
    return measureFrom;
  }

  /** When the last request may be sent, if none is to be sent earlier. */
  long end() {
    return end;
  }

  /** How many may be measured. */
  long most() {
    return most;
  }

  boolean isStopped() {
    return stopped;
  }

  void stop() {
    stopped = true;
  }
}
