package io.mlserve.bench.chart;

import java.util.List;

/** A table, which readers of screens can walk through. The first column names the row. */
final class Table {
  private final StringBuilder rows = new StringBuilder();
  private final String head;

  Table(String caption, List<String> columns) {
    StringBuilder start =
        new StringBuilder("<div class=\"scroll\"><table>\n<caption>")
            .append(Html.escaped(caption))
            .append("</caption>\n<thead><tr>");
    columns.forEach(
        column -> start.append("<th scope=\"col\">").append(Html.escaped(column)).append("</th>"));
    this.head = start.append("</tr></thead>\n<tbody>\n").toString();
  }

  Table row(List<String> cells) {
    rows.append("<tr>");
    for (int i = 0; i < cells.size(); i++) {
      String cell = cells.get(i);
      String safe = Html.escaped(cell);
      if (i == 0) {
        rows.append("<th scope=\"row\">").append(safe).append("</th>");
      } else {
        rows.append(isNumber(cell) ? "<td class=\"n\">" : "<td>").append(safe).append("</td>");
      }
    }
    rows.append("</tr>\n");
    return this;
  }

  boolean isEmpty() {
    return rows.isEmpty();
  }

  String html() {
    return isEmpty() ? "" : head + rows + "</tbody></table></div>\n";
  }

  private static boolean isNumber(String cell) {
    return cell.matches("[-+–]?[0-9][0-9\u2009.,]*( ?(%|ms|µs|s|/s))?~?|–|-");
  }
}
