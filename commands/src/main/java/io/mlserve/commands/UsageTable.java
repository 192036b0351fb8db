package io.mlserve.commands;

import io.mlserve.usage.Evidence;
import io.mlserve.usage.Standing;
import io.mlserve.usage.UsageReport;
import io.mlserve.usage.Verdict;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** A usage report for people: a table, or a block for each version where that is too wide. */
record UsageTable(UsageReport report, int width) {
  private static final List<String> TITLES =
      List.of(
          "MODEL", "VERSION", "VERDICT", "PEAK/S", "REQUESTS", "LAST", "ADDRESSED", "KNOWN", "WHY");

  void print(PrintWriter out) {
    List<List<String>> rows = report.rows().stream().map(this::cells).toList();
    if (rows.isEmpty()) {
      return;
    }
    TextTable narrow = new TextTable(TITLES.subList(0, 8), 3, false, without(rows));
    if (new TextTable(TITLES, 3, true, rows).width() <= width) {
      new TextTable(TITLES, 3, true, rows).print(out);
    } else if (narrow.width() <= width) {
      List<String> lines = narrow.lines();
      out.println(lines.get(0));
      for (int at = 0; at < rows.size(); at++) {
        out.println(lines.get(at + 1));
        out.println("  " + rows.get(at).get(8));
      }
    } else {
      rows.forEach(row -> block(out, row));
    }
    out.flush();
  }

  private static List<List<String>> without(List<List<String>> rows) {
    return rows.stream().map(row -> row.subList(0, 8)).toList();
  }

  private static void block(PrintWriter out, List<String> row) {
    out.printf("%s %s  %s%n", row.get(0), row.get(1), row.get(2));
    out.printf("  %s%n", row.get(8));
    out.printf(
        "  %s requests, peak %s/s, last %s, known %s%n",
        row.get(4), row.get(3), row.get(5), row.get(7));
    out.printf("  addressed: %s%n", row.get(6));
  }

  private List<String> cells(UsageReport.Row row) {
    Evidence evidence = row.evidence();
    Evidence.Traffic traffic = evidence.traffic();
    return List.of(
        Printable.line(evidence.version().model()),
        Printable.line(evidence.version().version()),
        verdict(row.verdict().kind()),
        Figures.rate(traffic.peak()),
        Double.isNaN(traffic.requests()) ? "-" : Figures.count(Math.rint(traffic.requests())),
        traffic.last().map(last -> Figures.ago(last, report.window().end())).orElse("-"),
        addressed(traffic.addressed()),
        String.format(Locale.ROOT, "%.1f%%", Math.floor(evidence.coverage() * 1000) / 10),
        why(row));
  }

  private static String why(UsageReport.Row row) {
    Standing standing = row.evidence().standing();
    String reason = Printable.line(row.verdict().reason());
    if (!standing.loaded()) {
      return reason + " (not loaded)";
    }
    return standing.isDefault() ? reason + " (default version)" : reason;
  }

  private static String addressed(Map<String, Double> addressed) {
    List<String> words = new ArrayList<>();
    new TreeMap<>(addressed)
        .forEach(
            (selector, requests) ->
                words.add(Printable.line(selector) + ":" + Figures.count(Math.ceil(requests))));
    return words.isEmpty() ? "-" : String.join(",", words);
  }

  static String verdict(Verdict.Kind kind) {
    return switch (kind) {
      case SAFE -> "SAFE";
      case IN_USE -> "IN USE";
      case UNKNOWN -> "UNKNOWN";
    };
  }
}
