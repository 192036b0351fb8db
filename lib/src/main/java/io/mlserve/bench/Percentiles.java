package io.mlserve.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.HdrHistogram.AbstractHistogram;

/**
 * What a set of latencies looks like. All times are nanoseconds, exact to three digits.
 *
 * @param count how many were measured; when it is zero all figures are zero
 * @param figures p50 to p99.9, ascending
 */
public record Percentiles(
    long count, double meanNanos, long minNanos, long maxNanos, List<Figure> figures) {
  private static final List<Double> QUANTILES = List.of(0.5, 0.9, 0.95, 0.99, 0.999);

  /**
   * One percentile.
   *
   * @param quantile as a fraction, 0.99 for p99
   * @param requestsNeeded fewer than that do not support any statement about this percentile
   * @param upperNanos with the confidence asked for, the true percentile is at most this; empty
   *     when there were too few requests
   */
  public record Figure(double quantile, long nanos, long requestsNeeded, OptionalLong upperNanos) {
    /** {@code p99}, {@code p99.9}. */
    public String name() {
      String percent = String.valueOf(Math.round(quantile * 1000) / 10.0);
      return "p" + (percent.endsWith(".0") ? percent.substring(0, percent.length() - 2) : percent);
    }

    /** Whether there were enough requests to call this figure a fact. */
    public boolean isSupported() {
      return upperNanos.isPresent();
    }
  }

  public Percentiles {
    figures = List.copyOf(figures);
  }

  /** Reads the figures off a histogram of nanoseconds. */
  public static Percentiles of(AbstractHistogram nanos, Confidence confidence) {
    long count = nanos.getTotalCount();
    List<Figure> figures = new ArrayList<>();
    for (double quantile : QUANTILES) {
      long value = count == 0 ? 0 : nanos.getValueAtPercentile(quantile * 100);
      figures.add(
          new Figure(
              quantile,
              value,
              confidence.requestsNeeded(quantile, 0),
              upper(nanos, quantile, confidence)));
    }
    return new Percentiles(
        count,
        count == 0 ? 0 : nanos.getMean(),
        count == 0 ? 0 : nanos.getMinValue(),
        nanos.getMaxValue(),
        figures);
  }

  /** The figure of one of the quantiles that every report has: 0.5, 0.9, 0.95, 0.99, 0.999. */
  public Figure at(double quantile) {
    return figures.stream()
        .filter(figure -> figure.quantile() == quantile)
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no figure for " + quantile));
  }

  private static OptionalLong upper(
      AbstractHistogram nanos, double quantile, Confidence confidence) {
    long count = nanos.getTotalCount();
    long over = count == 0 ? -1 : confidence.mostOver(quantile, count);
    if (over < 0) {
      return OptionalLong.empty();
    }
    return OptionalLong.of(nanos.getValueAtPercentile(100.0 * (count - over) / count));
  }
}
