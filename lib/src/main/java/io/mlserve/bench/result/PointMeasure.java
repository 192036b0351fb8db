package io.mlserve.bench.result;

import io.mlserve.bench.BenchPoint;
import io.mlserve.bench.Window;
import io.mlserve.bench.verdict.LatencyCounts;
import io.mlserve.bench.verdict.Measured;
import io.mlserve.bench.verdict.Metric;
import io.mlserve.bench.verdict.WindowSample;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.AbstractHistogram;

/** A point as judgements see it. */
public record PointMeasure(BenchPoint point) implements Measured {
  @Override
  public long sent() {
    return point.measured().sent() - point.measured().abandoned();
  }

  @Override
  public long failed() {
    return point.measured().failed();
  }

  @Override
  public double ratePerSecond() {
    return point.ratePerSecond();
  }

  @Override
  public AbstractHistogram histogram(Metric.Source source) {
    return switch (source) {
      case LATENCY -> point.timings().latency();
      case SERVICE -> point.timings().service();
      case SEND_LAG -> point.timings().sendLag();
    };
  }

  /** The windows by which this point is compared with others. */
  public List<WindowSample> windows() {
    List<WindowSample> samples = new ArrayList<>();
    for (Window window : point.windows()) {
      // what is left at the end of a run is too short to be like the others
      if (window.length().toMillis() >= 500) {
        samples.add(
            new WindowSample(
                window.length().toNanos() / 1e9,
                window.due(),
                window.failed(),
                LatencyCounts.of(window.latency())));
      }
    }
    return samples;
  }
}
