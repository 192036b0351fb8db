package io.mlserve.bench.verdict;

import java.util.Random;
import org.HdrHistogram.AbstractHistogram;
import org.HdrHistogram.Histogram;

/** A queue in front of one server that works at a steady pace, in virtual time. */
final class VirtualServer {
  private final double serviceNanos;
  private final Random random;

  VirtualServer(double capacityPerSecond, long seed) {
    this.serviceNanos = 1e9 / capacityPerSecond;
    this.random = new Random(seed);
  }

  record Run(long sent, long failed, double ratePerSecond, Histogram latency) implements Measured {
    @Override
    public AbstractHistogram histogram(Metric.Source source) {
      return latency;
    }
  }

  /** Requests come at random, independently of each other. */
  Run run(double rate, double seconds) {
    Histogram latency = new Histogram(3);
    double arrival = 0;
    double free = 0;
    while (true) {
      arrival += -Math.log(1 - random.nextDouble()) * 1e9 / rate;
      if (arrival > seconds * 1e9) {
        break;
      }
      free = Math.max(arrival, free) + serviceNanos;
      latency.recordValue((long) (free - arrival));
    }
    double elapsed = Math.max(seconds * 1e9, free) / 1e9;
    long count = latency.getTotalCount();
    return new Run(count, 0, count / elapsed, latency);
  }
}
