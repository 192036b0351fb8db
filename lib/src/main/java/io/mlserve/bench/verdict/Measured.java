package io.mlserve.bench.verdict;

import org.HdrHistogram.AbstractHistogram;

/** What a judgement needs to know of one run. The figures do not change. */
public interface Measured {
  /** Measured requests, failed ones included. */
  long sent();

  /** Measured requests that failed or were answered wrongly. */
  long failed();

  /** Right answers a second. */
  double ratePerSecond();

  /** Nanoseconds of the right answers. Not to be changed. */
  AbstractHistogram histogram(Metric.Source source);
}
