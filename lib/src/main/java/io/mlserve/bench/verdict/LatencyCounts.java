package io.mlserve.bench.verdict;

import java.util.Arrays;
import org.HdrHistogram.AbstractHistogram;
import org.HdrHistogram.HistogramIterationValue;

/**
 * Latencies counted in steps of half a percent: coarse enough to be added up thousands of times,
 * fine enough to tell runs apart. Immutable.
 */
public final class LatencyCounts {
  private static final double STEP = Math.log(1.005);

  private final int first; // the step of counts[0]
  private final long[] counts;
  private final long total;

  private LatencyCounts(int first, long[] counts) {
    this.first = first;
    this.counts = counts;
    this.total = Arrays.stream(counts).sum();
  }

  /** The counts of a histogram of nanoseconds. */
  public static LatencyCounts of(AbstractHistogram nanos) {
    if (nanos.getTotalCount() == 0) {
      return new LatencyCounts(0, new long[0]);
    }
    int first = step(nanos.getMinValue());
    // the values of a histogram are the upper ends of its buckets, the maximum is one
    long[] counts = new long[step(nanos.highestEquivalentValue(nanos.getMaxValue())) - first + 1];
    for (HistogramIterationValue value : nanos.recordedValues()) {
      int step = Math.max(first, step(nanos.medianEquivalentValue(value.getValueIteratedTo())));
      counts[step - first] += value.getCountAddedInThisIterationStep();
    }
    return new LatencyCounts(first, counts);
  }

  private static int step(long nanos) {
    return (int) Math.floor(Math.log((double) Math.max(1, nanos)) / STEP);
  }

  long total() {
    return total;
  }

  /** The first step that is counted, and the one after the last. */
  int from() {
    return first;
  }

  int to() {
    return first + counts.length;
  }

  /** Adds these counts to {@code sum}, whose element 0 is step {@code sumFrom}. */
  void addTo(long[] sum, int sumFrom) {
    int shift = first - sumFrom;
    for (int i = 0; i < counts.length; i++) {
      sum[shift + i] += counts[i];
    }
  }

  /** The percentile of added-up counts, in nanoseconds; 0 if there are none. */
  static double percentile(long[] sum, int sumFrom, double quantile) {
    double wanted = quantile * Arrays.stream(sum).sum();
    long below = 0;
    for (int i = 0; i < sum.length; i++) {
      if (sum[i] > 0 && below + sum[i] >= wanted) {
        double part = Math.max(0, (wanted - below) / sum[i]);
        return Math.exp((sumFrom + i + part) * STEP);
      }
      below += sum[i];
    }
    return 0;
  }
}
