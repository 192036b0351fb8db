package io.mlserve.commands;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Rows under titles, each column as wide as it must be.
 *
 * @param textColumns how many columns, from the left, are text; the others are numbers
 * @param lastIsText whether the last column is text, too
 */
record TextTable(
    List<String> titles, int textColumns, boolean lastIsText, List<List<String>> rows) {
  private static final String GAP = "  ";

  /** How wide it is. */
  int width() {
    int total = GAP.length() * (titles.size() - 1);
    for (int each : widths()) {
      total += each;
    }
    return total;
  }

  /** All lines, the titles first. */
  List<String> lines() {
    int[] widths = widths();
    List<String> lines = new ArrayList<>();
    lines.add(line(titles, widths));
    rows.forEach(row -> lines.add(line(row, widths)));
    return lines;
  }

  void print(PrintWriter out) {
    lines().forEach(out::println);
  }

  private int[] widths() {
    int[] widths = titles.stream().mapToInt(String::length).toArray();
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    return widths;
  }

  private String line(List<String> cells, int[] widths) {
    List<String> padded = new ArrayList<>();
    for (int i = 0; i < widths.length; i++) {
      boolean text = i < textColumns || (lastIsText && i == widths.length - 1);
      padded.add(
          String.format(Locale.ROOT, "%" + (text ? "-" : "") + widths[i] + "s", cells.get(i)));
    }
    return String.join(GAP, padded).stripTrailing();
  }
}
