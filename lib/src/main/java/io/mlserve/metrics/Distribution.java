package io.mlserve.metrics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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

  /** How many values there are between a bound and the one before, or beyond the last. */
  long count(int bucket) {
    return counts[bucket].sum();
  }

  long sum() {
    return sum.sum();
  }

  /** How many values there are in all. */
  long count() {
    long all = 0;
    for (LongAdder count : counts) {
      all += count.sum();
    }
    return all;
  }

  /** All of it at about one time. */
  Sum read() {
    List<Long> read = new ArrayList<>(counts.length);
    for (LongAdder count : counts) {
      read.add(count.sum());
    }
    return new Sum(read, sum.sum());
  }

  /**
   * A distribution at one time.
   *
   * @param counts how many values there are between each bound and the one before, and beyond the
   *     last
   */
  record Sum(List<Long> counts, long sum) {
    /** Both together; of the same bounds. */
    Sum plus(Sum other) {
      List<Long> both = new ArrayList<>(counts.size());
      for (int at = 0; at < counts.size(); at++) {
        both.add(counts.get(at) + other.counts.get(at));
      }
      return new Sum(both, sum + other.sum);
    }
  }
}
