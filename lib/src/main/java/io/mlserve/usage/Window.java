package io.mlserve.usage;

import java.time.Duration;
import java.time.Instant;

/** A stretch of time that ends at a given moment, usually now. {@code length} is positive. */
public record Window(Instant end, Duration length) {
  public Window {
    if (length.isZero() || length.isNegative()) {
      throw new IllegalArgumentException("window of " + length);
    }
  }

  public Instant start() {
    return end.minus(length);
  }

  /** Whether {@code moment} lies in it; what lies after its end counts too, clocks differ. */
  public boolean reaches(Instant moment) {
    return !moment.isBefore(start());
  }

  /** How much of the time between two moments lies in it, in seconds. */
  double overlapSeconds(Instant from, Instant to) {
    Instant first = from.isAfter(start()) ? from : start();
    Instant last = to.isBefore(end) ? to : end;
    return Math.max(0, seconds(first, last));
  }

  double seconds() {
    return seconds(start(), end);
  }

  static double seconds(Instant from, Instant to) {
    Duration between = Duration.between(from, to);
    return between.getSeconds() + between.getNano() / 1e9;
  }
}
