package io.mlserve.bench.chart;

import io.mlserve.bench.BenchPoint;
import io.mlserve.bench.EventReport;
import io.mlserve.bench.Window;
import io.mlserve.bench.chart.Svg.Anchor;
import io.mlserve.bench.chart.Svg.Dot;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** What happened when: latency, rate and errors, second by second, with what was done meanwhile. */
final class TimelineChart {
  private static final int LEFT = 58;
  private static final int RIGHT = 12;

  private final BenchPoint point;
  private final List<Window> windows;
  private final Svg svg;
  private final double from;
  private final double to;

  private TimelineChart(BenchPoint point, List<Window> windows, int width) {
    this.point = point;
    this.windows = windows;
    this.svg = new Svg(width, 404);
    this.from = windows.get(0).start().toNanos() / 1e9;
    this.to = windows.get(windows.size() - 1).end().toNanos() / 1e9;
  }

  /** Empty if the run has no windows. */
  static String draw(BenchPoint point, int width, String style) {
    List<Window> windows = Series.of(point, width / 3);
    return windows.isEmpty() ? "" : new TimelineChart(point, windows, width).draw(style);
  }

  private String draw(String style) {
    latency(panel(44, 214, latencyAxis()));
    Frame rate = panel(254, 304, null);
    rate("rate", "answers/s", rate, Window::ratePerSecond);
    Frame errors = panel(336, 366, null);
    rate("errors", "errors/s", errors, w -> w.failed() * 1e9 / Math.max(1, w.length().toNanos()));
    return svg.element(
        style, "Latency, rate and errors over time; the table of seconds has it all");
  }

  private Axis latencyAxis() {
    double low = Double.POSITIVE_INFINITY;
    double high = 0;
    for (Window window : windows) {
      if (window.latency().getTotalCount() > 0) {
        low = Math.min(low, Series.percentile(window, 50) / 1e6);
        high = Math.max(high, window.latency().getMaxValue() / 1e6);
      }
    }
    return Axis.fitting(high == 0 ? 0.1 : low, high == 0 ? 1 : high, 214, 44);
  }

  private Frame panel(double top, double bottom, @Nullable Axis y) {
    Axis x = Axis.exact(from, to, LEFT, svg.width() - RIGHT);
    Frame frame = new Frame(svg, x, y == null ? Axis.exact(0, 1, bottom, top) : y);
    for (EventReport event : point.events()) {
      mark(frame, event, y != null);
    }
    return frame;
  }

  private void mark(Frame frame, EventReport event, boolean named) {
    double start = event.at().toNanos() / 1e9;
    double end = start + event.took().toNanos() / 1e9;
    if (end < from || start > to) {
      return;
    }
    double left = frame.x().at(start);
    double right = frame.x().at(end);
    svg.rect(
        "event-span",
        new Dot(left, frame.top()),
        Math.max(1, right - left),
        frame.bottom() - frame.top());
    svg.line("event", new Dot(left, frame.top()), new Dot(left, frame.bottom()));
    if (named) {
      boolean late = left > svg.width() * 0.6;
      int room = Math.max(6, (int) ((late ? left : svg.width() - left) / 8));
      String name =
          event.name().length() > room ? event.name().substring(0, room - 1) + "…" : event.name();
      svg.text(
          "event-name",
          new Dot(late ? left - 4 : left + 4, frame.top() - 5),
          late ? Anchor.END : Anchor.START,
          name);
    }
  }

  private void latency(Frame frame) {
    frame.gridY("ms", Figures::tick);
    svg.line("axis", new Dot(frame.left(), frame.bottom()), new Dot(frame.right(), frame.bottom()));
    for (List<Dot> piece : pieces(frame, w -> w.latency().getMaxValue() / 1e6)) {
      svg.path("line max", piece);
    }
    for (List<Dot> piece : pieces(frame, w -> Series.percentile(w, 99) / 1e6)) {
      svg.path("line latency", piece);
    }
    for (List<Dot> piece : pieces(frame, w -> Series.percentile(w, 50) / 1e6)) {
      svg.path("line median", piece);
    }
    frame.legend("line latency", "p99", "line median", "p50", "line max", "max");
  }

  // A second without an answer is a gap, not a line across.
  private List<List<Dot>> pieces(Frame frame, ToDoubleFunction<Window> figure) {
    List<List<Dot>> pieces = new ArrayList<>();
    List<Dot> piece = new ArrayList<>();
    for (Window window : windows) {
      if (window.latency().getTotalCount() > 0) {
        piece.add(frame.at(Series.middle(window), figure.applyAsDouble(window)));
      } else if (!piece.isEmpty()) {
        pieces.add(piece);
        piece = new ArrayList<>();
      }
    }
    if (!piece.isEmpty()) {
      pieces.add(piece);
    }
    return pieces;
  }

  private void rate(String style, String unit, Frame place, ToDoubleFunction<Window> figure) {
    double high = windows.stream().mapToDouble(figure).max().orElse(0);
    Axis y = Axis.even(high, place.bottom(), place.top());
    Frame frame = new Frame(svg, place.x(), y);
    svg.text("unit", new Dot(2, frame.top() - 9), Anchor.START, unit);
    for (double tick : new double[] {0, y.high()}) {
      svg.line(tick == 0 ? "axis" : "grid", frame.at(from, tick), frame.at(to, tick));
      if (high > 0 || tick == 0) {
        svg.text("tick", new Dot(LEFT - 6, y.at(tick) + 4), Anchor.END, Figures.tick(tick));
      }
    }
    for (Window window : windows) {
      double value = figure.applyAsDouble(window);
      if (value > 0) {
        double left = frame.x().at(window.start().toNanos() / 1e9);
        double right = frame.x().at(window.end().toNanos() / 1e9);
        double gap = right - left > 4 ? 1 : 0;
        double height = Math.max(1.5, frame.bottom() - y.at(value));
        svg.rect(
            "bar " + style, new Dot(left, frame.bottom() - height), right - left - gap, height);
      }
    }
    if (style.equals("errors")) {
      frame.gridX("seconds since the start, warm-up included", Figures::tick);
    }
  }
}
