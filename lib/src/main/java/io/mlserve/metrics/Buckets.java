package io.mlserve.metrics;

import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A histogram as a server exposes it: how many observations were at most each bound. What lies
 * between two bounds is not known, so a percentile is a bound and not a number.
 *
 * @param atMost cumulative count for each upper bound, the last of them infinite
 */
public record Buckets(NavigableMap<Double, Double> atMost, double sum) {
  /**
   * Between which bounds a percentile lies.
   *
   * @param above it is more than this
   * @param atMost it is at most this; infinite if it lies beyond the last bound
   */
  public record Bounds(double above, double atMost) {}

  /**
   * Adds up the buckets of several series.
   *
   * @param buckets samples with a label {@code le}
   * @param sums the samples of their sums
   */
  static Buckets of(Stream<Sample> buckets, Stream<Sample> sums) {
    NavigableMap<Double, Double> atMost = new TreeMap<>();
    buckets.forEach(
        sample -> bound(sample).ifPresent(le -> atMost.merge(le, sample.value(), Double::sum)));
    return new Buckets(atMost, sums.mapToDouble(Sample::value).sum());
  }

  /**
   * What was observed since {@code earlier}; all of it if the counting has begun anew since then.
   */
  public Buckets since(Buckets earlier) {
    if (earlier.count() > count() || !atMost.keySet().equals(earlier.atMost.keySet())) {
      return this;
    }
    NavigableMap<Double, Double> between = new TreeMap<>();
    atMost.forEach(
        (bound, count) ->
            between.put(bound, Math.max(0, count - earlier.atMost.getOrDefault(bound, 0.0))));
    return new Buckets(between, sum - earlier.sum);
  }

  /** How many observations there are. */
  public double count() {
    return atMost.isEmpty() ? 0 : atMost.lastEntry().getValue();
  }

  /** Empty when nothing was observed. */
  public OptionalDouble mean() {
    return count() > 0 ? OptionalDouble.of(sum / count()) : OptionalDouble.empty();
  }

  /**
   * Where the percentile lies; empty when nothing was observed.
   *
   * @param quantile the percentile as a fraction, 0.99 for p99
   */
  public Optional<Bounds> quantile(double quantile) {
    double rank = quantile * count();
    double below = 0;
    for (var bucket : atMost.entrySet()) {
      if (bucket.getValue() > 0 && bucket.getValue() >= rank) {
        return Optional.of(new Bounds(below, bucket.getKey()));
      }
      below = bucket.getKey();
    }
    return Optional.empty();
  }

  private static Optional<Double> bound(Sample sample) {
    String le = sample.label("le");
    try {
      return Optional.of(le.equals("+Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(le));
    } catch (NumberFormatException e) {
      return Optional.empty(); // no bucket, whatever else it may be
    }
  }
}
