package io.mlserve.bench.chart;

import io.mlserve.bench.BenchPoint;
import io.mlserve.bench.Window;
import java.util.ArrayList;
import java.util.List;

/** Windows of a run, few enough to be drawn. */
final class Series {
  private Series() {}

  /** At most so many windows, neighbours added up where there are more. */
  static List<Window> of(BenchPoint point, int most) {
    List<Window> all = point.windows();
    // what is left at the end would look like a drop of the rate
    if (all.size() > 2 && all.get(all.size() - 1).length().toMillis() < 300) {
      all = all.subList(0, all.size() - 1);
    }
    int group = (all.size() + most - 1) / most;
    if (group <= 1) {
      return all;
    }
    List<Window> merged = new ArrayList<>();
    for (int i = 0; i < all.size(); i += group) {
      merged.add(Window.sum(all.subList(i, Math.min(all.size(), i + group))));
    }
    return merged;
  }

  static double middle(Window window) {
    return (window.start().toNanos() + window.end().toNanos()) / 2e9;
  }

  static double percentile(Window window, double percent) {
    return window.latency().getTotalCount() == 0
        ? 0
        : window.latency().getValueAtPercentile(percent);
  }
}
