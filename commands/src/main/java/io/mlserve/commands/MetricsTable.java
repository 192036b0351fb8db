package io.mlserve.commands;

import io.mlserve.metrics.ModelTraffic;
import io.mlserve.metrics.ServerTraffic;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.List;

/**
 * Traffic for people: a table, or a block for each version where a table is wider than the screen.
 * Times are milliseconds.
 */
final class MetricsTable {
  private static final List<String> TITLES =
      List.of("MODEL", "VERSION", "STATE", "REQUESTS", "ERRORS", "MEAN", "P50", "P99", "LAST");
  private static final int TEXT_COLUMNS = 3;

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
    TextTable table = new TextTable(TITLES, TEXT_COLUMNS, false, rows);
    if (table.width() <= width) {
      table.print(out);
    } else {
      rows.forEach(row -> block(out, row));
    }
    traffic
        .inFlight()
        .ifPresent(
            requests -> out.printf("in flight: %s; latencies in ms%n", Figures.count(requests)));
    out.flush();
  }

  private List<String> cells(ModelTraffic row) {
    return List.of(
        Printable.line(row.model()),
        row.version().isEmpty() ? "-" : Printable.line(row.version()),
        row.state().map(Printable::line).orElse("-"),
        Figures.count(row.requests()),
        Figures.count(row.errors()),
        row.latency().mean().isPresent() ? Figures.millis(row.latency().mean().getAsDouble()) : "-",
        row.latency().quantile(0.5).map(Figures::bound).orElse("-"),
        row.latency().quantile(0.99).map(Figures::bound).orElse("-"),
        row.lastRequest().map(last -> Figures.ago(last, now)).orElse("-"));
  }

  private static void block(PrintWriter out, List<String> row) {
    out.printf("%s %s  %s%n", row.get(0), row.get(1), row.get(2));
    out.printf("  %s requests, %s errors, last %s%n", row.get(3), row.get(4), row.get(8));
    out.printf("  mean %s, p50 %s, p99 %s%n", row.get(5), row.get(6), row.get(7));
  }
}
