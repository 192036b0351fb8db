package io.mlserve.bench.chart;

import io.mlserve.bench.BenchPoint;
import io.mlserve.bench.Window;
import io.mlserve.bench.chart.Svg.Dot;
import java.util.List;
import org.HdrHistogram.HistogramIterationValue;

/** How latencies spread, second by second: the darker, the more requests of that second. */
final class HeatMap {
  private static final int ROWS = 30;
  private static final int TOP = 26;
  private static final int BOTTOM = 216;

  private HeatMap() {}

  /** Empty if nothing was measured. */
  static String draw(BenchPoint point, int width, String style) {
    List<Window> windows = Series.of(point, width / 8);
    double low = Double.POSITIVE_INFINITY;
    double high = 0;
    for (Window window : windows) {
      if (window.latency().getTotalCount() > 0) {
        low = Math.min(low, window.latency().getMinValue() / 1e6);
        high = Math.max(high, window.latency().getMaxValue() / 1e6);
      }
    }
    if (high == 0) {
      return "";
    }
    Svg svg = new Svg(width, 262);
    double from = windows.get(0).start().toNanos() / 1e9;
    double to = windows.get(windows.size() - 1).end().toNanos() / 1e9;
    Axis y = Axis.powers(Math.max(low, high / 1e6), high, BOTTOM, TOP);
    Frame frame = new Frame(svg, Axis.exact(from, to, 58, width - 12), y);
    frame.gridY("ms", Figures::tick);
    for (Window window : windows) {
      column(frame, window);
    }
    frame.gridX("seconds since the start, warm-up included", Figures::tick);
    return svg.element(style, "How latencies spread over time");
  }

  private static void column(Frame frame, Window window) {
    double height = (double) (BOTTOM - TOP) / ROWS;
    long[] cells = new long[ROWS];
    for (HistogramIterationValue value : window.latency().recordedValues()) {
      double place = frame.y().at(value.getValueIteratedTo() / 1e6);
      int row = (int) Math.min(ROWS - 1, Math.max(0, (BOTTOM - place) / height));
      cells[row] += value.getCountAddedInThisIterationStep();
    }
    double left = frame.x().at(window.start().toNanos() / 1e9);
    double right = frame.x().at(window.end().toNanos() / 1e9);
    long total = Math.max(1, window.latency().getTotalCount());
    for (int row = 0; row < ROWS; row++) {
      if (cells[row] > 0) {
        // single slow requests must be seen, too
        double opacity = 0.22 + 0.78 * Math.sqrt((double) cells[row] / total);
        Dot corner = new Dot(left, BOTTOM - (row + 1) * height);
        double gap = right - left > 6 ? 1 : 0;
        frame.svg().rect("heat", corner, right - left - gap, height - 0.4, opacity);
      }
    }
  }
}
