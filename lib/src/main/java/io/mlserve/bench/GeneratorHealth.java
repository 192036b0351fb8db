package io.mlserve.bench;

import java.time.Duration;
import org.HdrHistogram.Histogram;

/**
 * Whether the generator was fast enough for its figures to be the server's.
 *
 * @param samples how often the lag was looked at; too few say nothing, and count as good
 * @param lagP50Nanos how late things happened in the generator, median
 * @param lagP99Nanos the same, 99th percentile
 * @param lagMaxNanos the same, worst
 * @param late share of the time, 0 to 1, in which it was late by more than half the median latency
 * @param busy share of the time, 0 to 1, that its busiest thread computed
 * @param gc how long its memory was tidied up during the run, warm-up included
 * @param cpu processor time of the whole process during the run, warm-up included
 */
public record GeneratorHealth(
    long samples,
    long lagP50Nanos,
    long lagP99Nanos,
    long lagMaxNanos,
    double late,
    double busy,
    Duration gc,
    Duration cpu) {
  private static final long NEGLIGIBLE_NANOS = 2_000_000;
  private static final long ENOUGH_SAMPLES = 100;
  private static final double MOST_LATE = 0.1;
  private static final double MOST_BUSY = 0.95;

  static GeneratorHealth of(Histogram lag, double busy, long medianLatencyNanos) {
    if (lag.getTotalCount() == 0) {
      return new GeneratorHealth(0, 0, 0, 0, 0, busy, Duration.ZERO, Duration.ZERO);
    }
    long limit = Math.max(NEGLIGIBLE_NANOS, medianLatencyNanos / 2);
    double late =
        limit >= lag.getMaxValue()
            ? 0
            : (double) lag.getCountBetweenValues(limit, lag.getMaxValue()) / lag.getTotalCount();
    return new GeneratorHealth(
        lag.getTotalCount(),
        lag.getValueAtPercentile(50),
        lag.getValueAtPercentile(99),
        lag.getMaxValue(),
        late,
        busy,
        Duration.ZERO,
        Duration.ZERO);
  }

  GeneratorHealth with(Duration gcTime, Duration cpuTime) {
    return new GeneratorHealth(
        samples, lagP50Nanos, lagP99Nanos, lagMaxNanos, late, busy, gcTime, cpuTime);
  }

  /** Whether the run was long enough to say anything about the generator. */
  public boolean isMeasured() {
    return samples >= ENOUGH_SAMPLES;
  }

  /** False when the figures may describe the generator rather than the server. */
  public boolean keptUp() {
    return !isMeasured() || (late <= MOST_LATE && busy <= MOST_BUSY);
  }
}
