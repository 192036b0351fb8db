package io.mlserve.bench.result;

import io.mlserve.bench.BenchPoint;
import io.mlserve.bench.Percentiles;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** A result as comma-separated values: a line of names, then a line for each point. */
public final class ResultCsv {
  private ResultCsv() {}

  public static String write(BenchResult result) {
    StringBuilder csv = new StringBuilder();
    List<BenchPoint> points = result.run().points();
    for (int i = 0; i < points.size(); i++) {
      List<String> names = new ArrayList<>();
      List<String> values = new ArrayList<>();
      row(result, points.get(i), result.findings().points().get(i), names, values);
      if (i == 0) {
        csv.append(String.join(",", names)).append('\n');
      }
      csv.append(values.stream().map(ResultCsv::quoted).collect(Collectors.joining(",")));
      csv.append('\n');
    }
    return csv.toString();
  }

  private static void row(
      BenchResult result,
      BenchPoint point,
      PointFindings findings,
      List<String> names,
      List<String> values) {
    names.addAll(List.of("started_at", "model", "version", "api", "role", "load"));
    values.addAll(
        List.of(
            point.startedAt().toString(),
            result.run().target().model(),
            result.run().target().version().orElse(""),
            result.run().target().api(),
            FindingsJson.word(findings.role()),
            Differences.load(point.schedule())));
    names.addAll(List.of("sent", "ok", "failed", "wrong", "rate_per_s"));
    values.addAll(
        List.of(
            String.valueOf(point.measured().sent()),
            String.valueOf(point.measured().ok()),
            String.valueOf(point.measured().failed()),
            String.valueOf(point.measured().failed("wrong-answer")),
            number(point.ratePerSecond())));
    figures("latency", point.timings().latencyFigures(), names, values);
    figures("service", point.timings().serviceFigures(), names, values);
    figures("send_lag", point.timings().sendLagFigures(), names, values);
    names.add("kept_up");
    values.add(String.valueOf(point.generator().keptUp()));
  }

  private static void figures(
      String prefix, Percentiles percentiles, List<String> names, List<String> values) {
    for (Percentiles.Figure figure : percentiles.figures()) {
      names.add(prefix + "_" + figure.name() + "_ms");
      values.add(number(figure.nanos() / 1e6));
    }
    names.add(prefix + "_max_ms");
    values.add(number(percentiles.maxNanos() / 1e6));
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.6f", value);
  }

  // A field that begins like a formula is one, to a spreadsheet.
  private static String quoted(String value) {
    String safe = !value.isEmpty() && "=+-@".indexOf(value.charAt(0)) >= 0 ? "'" + value : value;
    return safe.matches("[^\",\\r\\n]*") ? safe : "\"" + safe.replace("\"", "\"\"") + "\"";
  }
}
