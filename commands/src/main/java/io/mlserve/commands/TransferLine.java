package io.mlserve.commands;

import java.util.Locale;
import java.util.OptionalLong;

/**
 * One line that says how far a transfer is: {@code m.onnx [==> ] 45% 1.2 MB of 3.0 MB 1.1 MB/s ETA
 * 0:02}. Units are powers of 1000.
 *
 * @param name of what is transferred
 * @param bytes that are here
 * @param total if it is known
 * @param rate bytes per second; 0 if it is not known yet
 */
record TransferLine(String name, long bytes, OptionalLong total, double rate) {
  private static final int NARROWEST_BAR = 10;
  private static final int WIDEST_BAR = 40;
  private static final String UNITS = "kMGTPE";

  /** In at most {@code width} columns; the bar goes first when there is no room, then the name. */
  String text(int width) {
    String figures = percent() + amount() + speed() + eta();
    int room = width - Math.min(name.length(), width / 3) - figures.length() - 4;
    String bar = total.isPresent() && room >= NARROWEST_BAR ? bar(Math.min(room, WIDEST_BAR)) : "";
    String line = shortened(width / 3) + " " + bar + figures.strip();
    return line.length() <= width ? line : line.substring(0, Math.max(0, width));
  }

  private String shortened(int most) {
    return name.length() <= most ? name : name.substring(0, Math.max(0, most - 1)) + "…";
  }

  private double fraction() {
    return total.isEmpty() || total.getAsLong() == 0
        ? 1
        : Math.min(1, (double) bytes / (double) total.getAsLong());
  }

  private String percent() {
    return total.isEmpty() ? "" : String.format(Locale.ROOT, "%3d%% ", (int) (fraction() * 100));
  }

  private String bar(int width) {
    int done = (int) (fraction() * width);
    String head = done < width ? ">" : "";
    return "[" + "=".repeat(done) + head + " ".repeat(width - done - head.length()) + "] ";
  }

  private String amount() {
    return size(bytes) + (total.isPresent() ? " of " + size(total.getAsLong()) : "");
  }

  private String speed() {
    return rate > 0 ? "  " + size((long) rate) + "/s" : "";
  }

  private String eta() {
    if (rate <= 0 || total.isEmpty() || bytes >= total.getAsLong()) {
      return "";
    }
    long seconds = (long) Math.ceil((double) (total.getAsLong() - bytes) / rate);
    return seconds >= 3600
        ? String.format(
            Locale.ROOT, "  ETA %d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60)
        : String.format(Locale.ROOT, "  ETA %d:%02d", seconds / 60, seconds % 60);
  }

  /** {@code 123 B}, {@code 1.2 kB}, {@code 45.6 MB}. */
  static String size(long bytes) {
    double value = bytes;
    int unit = -1;
    while (value >= 1000 && unit < UNITS.length() - 1) {
      value /= 1000;
      unit++;
    }
    return unit < 0
        ? bytes + " B"
        : String.format(Locale.ROOT, "%.1f %cB", value, UNITS.charAt(unit));
  }
}
