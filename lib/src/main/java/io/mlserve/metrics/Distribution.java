package io.mlserve.metrics;

import java.util.Arrays;
import java.util.concurrent.atomic.LongAdder;

/**
 * How values are spread: how many were at most each bound, and their sum. Thread-safe and exact; a
 * snapshot taken while values come may be one value apart from one bound to the next.
 */
final class Distribution {
  private final long[] bounds;
  private final LongAdder[] counts; // one more than bounds, for what lies beyond the last
  private final LongAdder sum = new LongAdder();

  /**
   * @param bounds ascending, each belonging to what lies below it; not copied, not changed
   */
  Distribution(long[] bounds) {
    this.bounds = bounds;
    this.counts = new LongAdder[bounds.length + 1];
    Arrays.setAll(counts, any -> new LongAdder());
  }

  void add(long value) {
    int at = Arrays.binarySearch(bounds, value);
    counts[at < 0 ? -at - 1 : at].increment();
    sum.add(value);
  }

  /** How many values there are between each bound and the one before, and beyond the last. */
  long[] counts() {
    long[] read = new long[counts.length];
    Arrays.setAll(read, at -> counts[at].sum());
    return read;
  }

  long sum() {
    return sum.sum();
  }
}
