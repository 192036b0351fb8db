package io.mlserve.commands;

import io.mlserve.bench.result.BaselineFindings;
import io.mlserve.bench.result.BenchResult;
import io.mlserve.bench.result.MaxFindings;
import io.mlserve.bench.result.PointFindings;
import io.mlserve.bench.result.Stability;
import io.mlserve.bench.verdict.Change;
import io.mlserve.bench.verdict.SloVerdict;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/** What was concluded, for people: the part of {@link BenchText} below the figures. */
final class BenchVerdicts {
  private final BenchResult result;

  BenchVerdicts(BenchResult result) {
    this.result = result;
  }

  void print(PrintWriter out) {
    List<PointFindings> points = result.findings().points();
    if (!points.isEmpty()) {
      PointFindings last = points.get(points.size() - 1);
      String start = "SLO";
      for (SloVerdict slo : last.slo()) {
        BenchText.line(out, "%-10s %-14s %s", start, slo.slo().text(), slo.verdict().words());
        BenchText.line(out, "           %s", slo.basis());
        start = "";
      }
      last.stability().ifPresent(stability -> stability(out, stability));
    }
    result.findings().max().ifPresent(max -> max(out, max));
    result.findings().baseline().ifPresent(baseline -> baseline(out, baseline));
  }

  private static void stability(PrintWriter out, Stability stability) {
    BenchText.line(
        out,
        "stability  %s after %d measurements",
        stability.stable() ? "steady" : "NOT STEADY",
        stability.tries().size());
    BenchText.line(
        out,
        "           last %d within %.0f %% of each other %s",
        stability.rule().windows(),
        stability.rule().within() * 100,
        stability.stable() ? "" : "were asked for");
  }

  private static void max(PrintWriter out, MaxFindings max) {
    if (max.rate().isPresent()) {
      BenchText.line(
          out,
          "max rate   %s/s offered, %s/s answered right",
          BenchText.short3(max.rate().getAsDouble()),
          BenchText.short3(max.goodput().orElse(0)));
      BenchText.line(
          out,
          "           confirmed by a second, full run; %d runs%s",
          max.runs(),
          max.bounded() ? "" : "; not tried higher");
    } else {
      BenchText.line(out, "max rate   none: %s", max.problem().orElse(""));
    }
  }

  static void baseline(PrintWriter out, BaselineFindings baseline) {
    BenchText.line(
        out, "baseline   %s: %s", baseline.name(), baseline.comparison().outcome().words());
    for (Change change : baseline.comparison().changes()) {
      BenchText.line(out, "           %-7s %s", change.metric().name(), change.text());
      BenchText.line(
          out,
          "                   %s to %s: %s",
          value(change, change.base()),
          value(change, change.now()),
          change.outcome().words());
    }
    for (BaselineFindings.Limit limit : baseline.limits()) {
      BenchText.line(out, "           %-14s %s", limit.limit().text(), limit.verdict().words());
    }
    for (String note : baseline.notes()) {
      BenchText.line(out, "           note: %s", note);
    }
  }

  private static String value(Change change, double value) {
    return switch (change.metric().kind()) {
      case PERCENTILE, MAX, MEAN -> BenchText.short3(value / 1e6) + " ms";
      case RATE -> BenchText.short3(value) + "/s";
      case ERRORS -> String.format(Locale.ROOT, "%.3f %%", value * 100);
    };
  }
}
