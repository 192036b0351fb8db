package io.mlserve.bench.chart;

import io.mlserve.bench.BenchPoint;
import io.mlserve.bench.Schedule;
import io.mlserve.bench.chart.Svg.Anchor;
import io.mlserve.bench.chart.Svg.Dot;
import io.mlserve.bench.result.BenchResult;
import io.mlserve.bench.result.PointFindings;
import io.mlserve.bench.verdict.Metric;
import io.mlserve.bench.verdict.SloVerdict;
import io.mlserve.bench.verdict.Verdict;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalDouble;

/**
 * Latency against rate, a dot for each load of a sweep or a search. Hollow dots missed an objective
 * or had failures.
 */
final class RateChart {
  private final BenchResult result;
  private final Frame frame;

  /** One load. */
  private record Load(double offered, double rate, double p50, double p99, boolean held) {}

  private RateChart(BenchResult result, Frame frame) {
    this.result = result;
    this.frame = frame;
  }

  /** Empty if there are not at least two loads. */
  static String draw(BenchResult result, int width, String style) {
    List<Load> loads = loads(result);
    if (loads.size() < 2) {
      return "";
    }
    double most = loads.stream().mapToDouble(Load::rate).max().orElse(1);
    double low = loads.stream().mapToDouble(Load::p50).min().orElse(1);
    double high = loads.stream().mapToDouble(Load::p99).max().orElse(1);
    for (SloVerdict slo : latencyLimits(result)) {
      high = Math.max(high, slo.slo().limit() / 1e6);
    }
    Svg svg = new Svg(width, 300);
    Frame frame = new Frame(svg, Axis.even(most, 58, width - 14), Axis.fitting(low, high, 254, 44));
    return new RateChart(result, frame).draw(loads, style);
  }

  private String draw(List<Load> loads, String style) {
    frame.gridY("ms", Figures::tick);
    frame.gridX("right answers a second", Figures::tick);
    for (SloVerdict slo : latencyLimits(result)) {
      frame.limit(slo.slo().limit() / 1e6, slo.slo().text());
    }
    OptionalDouble max =
        result.findings().max().map(m -> m.goodput()).orElse(OptionalDouble.empty());
    if (max.isPresent()) {
      double place = frame.x().at(max.getAsDouble());
      frame.svg().line("found", new Dot(place, frame.top()), new Dot(place, frame.bottom()));
      frame
          .svg()
          .text(
              "found-name",
              new Dot(place - 5, frame.top() + 12),
              Anchor.END,
              Figures.three(max.getAsDouble()) + "/s confirmed");
    }
    line("latency", loads, true);
    line("median", loads, false);
    frame.legend("line latency", "p99", "line median", "p50");
    return frame.svg().element(style, "Latency against rate; the table of loads has the figures");
  }

  private void line(String style, List<Load> loads, boolean tail) {
    List<Dot> dots = new ArrayList<>();
    for (Load load : loads) {
      dots.add(frame.at(load.rate, tail ? load.p99 : load.p50));
    }
    frame.svg().path("line thin " + style, dots);
    for (int i = 0; i < dots.size(); i++) {
      frame
          .svg()
          .circle(loads.get(i).held ? "dot " + style : "dot hollow " + style, dots.get(i), 4);
    }
  }

  private static List<SloVerdict> latencyLimits(BenchResult result) {
    return result.findings().points().get(0).slo().stream()
        .filter(slo -> slo.slo().metric().isTime())
        .filter(slo -> slo.slo().metric().source() == Metric.Source.LATENCY)
        .toList();
  }

  private static List<Load> loads(BenchResult result) {
    List<Load> loads = new ArrayList<>();
    for (int i = 0; i < result.run().points().size(); i++) {
      BenchPoint point = result.run().points().get(i);
      PointFindings findings = result.findings().points().get(i);
      boolean held =
          point.measured().failed() == 0
              && findings.slo().stream().noneMatch(slo -> slo.verdict() == Verdict.FAIL);
      if (point.timings().latency().getTotalCount() > 0) {
        loads.add(
            new Load(
                offered(point.schedule()),
                point.ratePerSecond(),
                point.timings().latency().getValueAtPercentile(50) / 1e6,
                point.timings().latency().getValueAtPercentile(99) / 1e6,
                held));
      }
    }
    loads.sort(Comparator.comparingDouble(Load::offered)); // an overloaded server answers less
    return loads;
  }

  private static double offered(Schedule schedule) {
    return schedule instanceof Schedule.Open open
        ? open.ratePerSecond()
        : schedule instanceof Schedule.Closed closed ? closed.concurrency() : 0;
  }
}
