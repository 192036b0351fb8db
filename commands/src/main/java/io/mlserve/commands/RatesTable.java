package io.mlserve.commands;

import io.mlserve.metrics.ModelTraffic;
import io.mlserve.metrics.TrafficRate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/**
 * What versions have to do at the moment, a line for each. Columns that do not fit are left out,
 * the least important first. Times are milliseconds.
 */
record RatesTable(List<TrafficRate> rows, Instant now) {
  private static final String GAP = "  ";
  private static final int SHORTEST_NAME = 8;

  /** In the order of the screen; those of the highest number are the first to go. */
  private enum Column {
    MODEL("MODEL", 0, 0, true),
    VERSION("VERSION", 0, 0, true),
    STATE("STATE", 5, 0, true),
    RATE("REQ/S", 0, 6, false),
    ERRORS("ERR%", 1, 4, false),
    P50("P50", 3, 7, false),
    P95("P95", 4, 7, false),
    P99("P99", 1, 7, false),
    IN_FLIGHT("INFL", 4, 4, false),
    LAST("LAST", 2, 7, false);

    private final String title;
    private final int rank;
    private final int least; // width, so that columns stay where they are while numbers change
    private final boolean text;

    Column(String title, int rank, int least, boolean text) {
      this.title = title;
      this.rank = rank;
      this.least = least;
      this.text = text;
    }
  }

  /** The title and a line for each row, none longer than {@code width} if that is possible. */
  List<String> lines(int width) {
    List<Column> columns = new ArrayList<>(List.of(Column.values()));
    for (int rank = 5; rank > 0 && total(columns) > width; rank--) {
      int gone = rank;
      columns.removeIf(column -> column.rank == gone);
    }
    int[] widths = columns.stream().mapToInt(this::width).toArray();
    int excess = total(columns) - width;
    if (excess > 0) {
      widths[0] = Math.max(SHORTEST_NAME, widths[0] - excess);
    }
    List<String> lines = new ArrayList<>();
    lines.add(line(columns, widths, column -> column.title));
    for (TrafficRate row : rows) {
      lines.add(line(columns, widths, column -> cell(column, row)));
    }
    return lines;
  }

  private int total(List<Column> columns) {
    return columns.stream().mapToInt(this::width).sum() + GAP.length() * (columns.size() - 1);
  }

  private int width(Column column) {
    int widest = Math.max(column.title.length(), column.least);
    for (TrafficRate row : rows) {
      widest = Math.max(widest, cell(column, row).length());
    }
    return widest;
  }

  private static String line(List<Column> columns, int[] widths, Function<Column, String> text) {
    List<String> cells = new ArrayList<>();
    for (int at = 0; at < widths.length; at++) {
      Column column = columns.get(at);
      String cell = text.apply(column);
      String cut =
          cell.length() > widths[at] ? cell.substring(0, Math.max(0, widths[at] - 1)) + "…" : cell;
      String format = "%" + (column.text ? "-" : "") + widths[at] + "s";
      cells.add(String.format(Locale.ROOT, format, cut));
    }
    return String.join(GAP, cells).stripTrailing();
  }

  private String cell(Column column, TrafficRate row) {
    ModelTraffic traffic = row.now();
    return switch (column) {
      case MODEL -> Printable.line(traffic.model());
      case VERSION -> traffic.version().isEmpty() ? "-" : Printable.line(traffic.version());
      case STATE -> traffic.state().map(Printable::line).orElse("-");
      case RATE -> Figures.rate(row.requestsPerSecond());
      case ERRORS -> row.requestsPerSecond() == 0 ? "-" : Figures.percent(row.errorShare());
      case P50 -> row.latency().quantile(0.5).map(Figures::bound).orElse("-");
      case P95 -> row.latency().quantile(0.95).map(Figures::bound).orElse("-");
      case P99 -> row.latency().quantile(0.99).map(Figures::bound).orElse("-");
      case IN_FLIGHT ->
          traffic.inFlight().isPresent() ? Figures.count(traffic.inFlight().getAsDouble()) : "-";
      case LAST -> traffic.lastRequest().map(last -> Figures.ago(last, now)).orElse("-");
    };
  }
}
