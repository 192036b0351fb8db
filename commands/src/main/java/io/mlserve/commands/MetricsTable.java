package io.mlserve.commands;

import io.mlserve.metrics.Buckets;
import io.mlserve.metrics.ModelTraffic;
import io.mlserve.metrics.ServerTraffic;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Traffic for people: a table, or a block for each version where a table is wider than the screen.
 * Times are milliseconds.
 */
final class MetricsTable {
  private static final List<String> TITLES =
      List.of("MODEL", "VERSION", "STATE", "REQUESTS", "ERRORS", "MEAN", "P50", "P99", "LAST");
  private static final int TEXT_COLUMNS = 3;
  private static final String GAP = "  ";

  private final ServerTraffic traffic;
  private final Instant now;
  private final int width;

  MetricsTable(ServerTraffic traffic, Instant now, int width) {
    this.traffic = traffic;
    this.now = now;
    this.width = width;
  }

  void print(PrintWriter out) {
    List<List<String>> rows = traffic.versions().stream().map(this::cells).toList();
    int[] widths = widths(rows);
    int total = GAP.length() * (widths.length - 1);
    for (int each : widths) {
      total += each;
    }
    if (total <= width) {
      out.println(line(TITLES, widths));
      rows.forEach(row -> out.println(line(row, widths)));
    } else {
      rows.forEach(row -> block(out, row));
    }
    traffic
        .inFlight()
        .ifPresent(requests -> out.printf("in flight: %s; latencies in ms%n", count(requests)));
    out.flush();
  }

  private List<String> cells(ModelTraffic row) {
    return List.of(
        Printable.line(row.model()),
        row.version().isEmpty() ? "-" : Printable.line(row.version()),
        row.state().map(Printable::line).orElse("-"),
        count(row.requests()),
        count(row.errors()),
        row.latency().mean().isPresent() ? millis(row.latency().mean().getAsDouble()) : "-",
        row.latency().quantile(0.5).map(MetricsTable::bound).orElse("-"),
        row.latency().quantile(0.99).map(MetricsTable::bound).orElse("-"),
        row.lastRequest().map(this::ago).orElse("-"));
  }

  private static int[] widths(List<List<String>> rows) {
    int[] widths = TITLES.stream().mapToInt(String::length).toArray();
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    return widths;
  }

  private static String line(List<String> cells, int[] widths) {
    List<String> padded = new ArrayList<>();
    for (int i = 0; i < widths.length; i++) {
      String format = i < TEXT_COLUMNS ? "%-" + widths[i] + "s" : "%" + widths[i] + "s";
      padded.add(String.format(Locale.ROOT, format, cells.get(i)));
    }
    return String.join(GAP, padded).stripTrailing();
  }

  private static void block(PrintWriter out, List<String> row) {
    out.printf("%s %s  %s%n", row.get(0), row.get(1), row.get(2));
    out.printf("  %s requests, %s errors, last %s%n", row.get(3), row.get(4), row.get(8));
    out.printf("  mean %s, p50 %s, p99 %s%n", row.get(5), row.get(6), row.get(7));
  }

  // counters are floating point on the wire and whole in truth
  private static String count(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? String.valueOf((long) value)
        : String.valueOf(value);
  }

  private static String bound(Buckets.Bounds bounds) {
    return Double.isInfinite(bounds.atMost())
        ? ">" + millis(bounds.above())
        : "<=" + millis(bounds.atMost());
  }

  private static String millis(double seconds) {
    return new BigDecimal(seconds * 1000)
        .round(new MathContext(3))
        .stripTrailingZeros()
        .toPlainString();
  }

  private String ago(Instant last) {
    Duration since = Duration.between(last, now);
    if (since.isNegative() || since.toMinutes() < 2) {
      return Math.max(0, since.toSeconds()) + "s ago";
    }
    return since.toHours() < 2
        ? since.toMinutes() + "m ago"
        : since.toDays() < 2 ? since.toHours() + "h ago" : since.toDays() + "d ago";
  }
}
