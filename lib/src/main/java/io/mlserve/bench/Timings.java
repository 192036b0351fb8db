package io.mlserve.bench;

import org.HdrHistogram.AbstractHistogram;

/**
 * How long right answers took, in nanoseconds, exact to three digits. Nobody changes the histograms
 * any more; whoever adds to one copies it first.
 *
 * @param latency from the time at which the request was due to the last byte of its answer; in a
 *     closed loop it is due when it is sent
 * @param service from the sending of the request to the last byte of its answer
 * @param sendLag from the time at which a request was due to its sending, also of those that failed
 *     afterwards; includes waiting for a free connection
 */
public record Timings(
    AbstractHistogram latency, AbstractHistogram service, AbstractHistogram sendLag) {
  /** The percentiles of {@link #latency}. */
  public Percentiles latencyFigures() {
    return Percentiles.of(latency, Confidence.STANDARD);
  }

  /** The percentiles of {@link #service}. */
  public Percentiles serviceFigures() {
    return Percentiles.of(service, Confidence.STANDARD);
  }

  /** The percentiles of {@link #sendLag}. */
  public Percentiles sendLagFigures() {
    return Percentiles.of(sendLag, Confidence.STANDARD);
  }
}
