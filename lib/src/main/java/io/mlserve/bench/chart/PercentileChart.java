package io.mlserve.bench.chart;

import io.mlserve.bench.Confidence;
import io.mlserve.bench.chart.Svg.Anchor;
import io.mlserve.bench.chart.Svg.Dot;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.HdrHistogram.AbstractHistogram;

/**
 * Latency by percentile on an axis on which each further nine has the same room. A line is dashed
 * where there are too few requests for 99 % confidence.
 */
final class PercentileChart {
  /** One line: nanoseconds, its style and its name. */
  record Line(String style, String name, AbstractHistogram nanos) {}

  private static final int LEFT = 58;
  private static final double STEP = 0.04;

  private final List<Line> lines;
  private final Svg svg;
  private final Frame frame;
  private final double nines;

  private PercentileChart(List<Line> lines, int width) {
    this.lines = lines;
    long most = lines.stream().mapToLong(line -> line.nanos.getTotalCount()).max().orElse(1);
    this.nines = Math.max(2, Math.min(6, Math.log10((double) Math.max(1, most))));
    this.svg = new Svg(width, 300);
    double low = Double.POSITIVE_INFINITY;
    double high = 0;
    for (Line line : lines) {
      low = Math.min(low, Math.max(line.nanos.getValueAtPercentile(1), 1000) / 1e6);
      high = Math.max(high, line.nanos.getMaxValue() / 1e6);
    }
    this.frame =
        new Frame(svg, Axis.exact(0, nines, LEFT, width - 14), Axis.fitting(low, high, 254, 44));
  }

  /** Empty if no line has any answer. */
  static String draw(List<Line> lines, int width, String style) {
    List<Line> shown = lines.stream().filter(line -> line.nanos.getTotalCount() > 0).toList();
    return shown.isEmpty() ? "" : new PercentileChart(shown, width).draw(style);
  }

  private String draw(String style) {
    frame.gridY("ms", Figures::tick);
    svg.line("axis", new Dot(frame.left(), frame.bottom()), new Dot(frame.right(), frame.bottom()));
    boolean roomy = svg.width() > 500;
    for (double percent : new double[] {0, 50, 90, 99, 99.9, 99.99, 99.999, 99.9999}) {
      double place = place(percent / 100);
      if (place <= nines + 1e-9 && (roomy || percent != 50)) {
        frame.tickX(place, name(percent));
      }
    }
    svg.text("unit", new Dot(frame.right(), frame.bottom() + 36), Anchor.END, "percentile");
    for (Line line : lines) {
      draw(line);
    }
    if (lines.size() <= (roomy ? 5 : 3)) {
      List<String> legend = new ArrayList<>();
      for (Line line : lines) {
        legend.add("line " + line.style);
        legend.add(
            roomy ? line.name : line.name.replaceFirst("( time)? \\(.*|(?<=^baseline) .*", ""));
      }
      frame.legend(legend.toArray(new String[0]));
    }
    return svg.element(style, "Latency by percentile; the table of percentiles has the figures");
  }

  private void draw(Line line) {
    long count = line.nanos.getTotalCount();
    double end = Math.min(nines, Math.log10((double) count));
    List<Dot> sure = new ArrayList<>();
    List<Dot> unsure = new ArrayList<>();
    double last = Math.min(end, supported(count));
    for (double place = 0; place < end + STEP / 2; place += STEP) {
      double at = Math.min(place, end);
      double percent = 100 * (1 - Math.pow(10, -at));
      Dot dot = frame.at(at, line.nanos.getValueAtPercentile(percent) / 1e6);
      if (at <= last) {
        sure.add(dot);
      }
      if (at >= last - STEP) {
        unsure.add(dot);
      }
    }
    svg.path("line unsure " + line.style, unsure);
    svg.path("line " + line.style, sure);
  }

  /** Up to which percentile there are requests enough, as a place on the axis. */
  private static double supported(long count) {
    return -Math.log10(1 - Math.pow(1 - Confidence.STANDARD.level(), 1.0 / Math.max(1, count)));
  }

  private static double place(double quantile) {
    return -Math.log10(1 - quantile);
  }

  private static String name(double percent) {
    return String.format(Locale.ROOT, percent == Math.rint(percent) ? "%.0f" : "%s", percent);
  }
}
