package io.mlserve.bench.result;

import io.mlserve.bench.BenchPoint;
import io.mlserve.bench.Window;
import java.util.List;
import java.util.Locale;

/**
 * The latencies of a result as an HdrHistogram log, version 1.3, an interval for each second; a
 * point of a sweep is a tag. Values are nanoseconds, maxima milliseconds.
 */
public final class ResultHdrLog {
  private ResultHdrLog() {}

  public static String write(BenchResult result) {
    StringBuilder log = new StringBuilder("#[Histogram log format version 1.3]\n");
    double start = result.run().run().startedAt().toEpochMilli() / 1e3;
    log.append(String.format(Locale.ROOT, "#[StartTime: %.3f (seconds since epoch)]\n", start));
    log.append(
        "\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\",\"Interval_Compressed_Histogram\"\n");
    List<BenchPoint> points = result.run().points();
    for (BenchPoint point : points) {
      double offset = point.startedAt().toEpochMilli() / 1e3 - start;
      String load = Differences.load(point.schedule()).replaceAll("[\\s,=]+", "_");
      String tag = points.size() == 1 ? "" : "Tag=" + load + ",";
      for (Window window : point.windows()) {
        log.append(
            String.format(
                Locale.ROOT,
                "%s%.3f,%.3f,%.3f,%s\n",
                tag,
                offset + window.start().toNanos() / 1e9,
                window.length().toNanos() / 1e9,
                window.latency().getMaxValue() / 1e6,
                HdrText.of(window.latency())));
      }
    }
    return log.toString();
  }
}
