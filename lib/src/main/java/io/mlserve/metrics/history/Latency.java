package io.mlserve.metrics.history;

import io.mlserve.metrics.Usage;
import java.util.ArrayList;
import java.util.List;

/**
 * How long requests took, in seconds: upper bounds of the buckets in which the percentiles lie.
 * Infinite beyond the last bound.
 */
public record Latency(double p50, double p99) {
  private static final List<Double> BOUNDS = Usage.bounds();

  /** Of counts per bucket, of which at least one is not zero. */
  static Latency of(List<Long> counts) {
    return new Latency(quantile(counts, 0.50), quantile(counts, 0.99));
  }

  /** What came since {@code before}; all of it if the counters began anew. */
  static List<Long> since(List<Long> counts, List<Long> before) {
    List<Long> fresh = new ArrayList<>(counts.size());
    for (int at = 0; at < counts.size(); at++) {
      long difference = counts.get(at) - (at < before.size() ? before.get(at) : 0);
      if (difference < 0) {
        return counts;
      }
      fresh.add(difference);
    }
    return fresh;
  }

  private static double quantile(List<Long> counts, double quantile) {
    double rank = quantile * counts.stream().mapToLong(Long::longValue).sum();
    long below = 0;
    for (int at = 0; at < BOUNDS.size(); at++) {
      below += counts.get(at);
      if (below > 0 && below >= rank) {
        return BOUNDS.get(at);
      }
    }
    return Double.POSITIVE_INFINITY;
  }
}
