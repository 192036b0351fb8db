package io.mlserve.commands;

import io.mlserve.bench.Snapshot;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.jline.utils.AttributedString;
import org.jline.utils.AttributedStringBuilder;
import org.jline.utils.AttributedStyle;

/**
 * What the live view of a run looks like: how far it is, latency as a chart, rate and errors as a
 * row of bars, a column for each second. One thread uses it.
 */
final class LiveFrame {
  /** A smaller terminal gets a single line instead. */
  static final int NARROWEST = 40;

  /** Lines of a frame. */
  static final int HEIGHT = 13;

  private static final int CHART_ROWS = 6;
  private static final int LABEL = 19;
  private static final String BARS = " ▁▂▃▄▅▆▇█";
  private static final AttributedStyle PLAIN = AttributedStyle.DEFAULT;
  private static final AttributedStyle FAINT = AttributedStyle.DEFAULT.faint();

  private final boolean coloured;
  private final Deque<Second> seconds = new ArrayDeque<>();
  private long sent;
  private long failed;

  /** The last second of a run, in milliseconds and requests a second. */
  private record Second(double p50, double p99, double rate, double errors, long outstanding) {}

  /**
   * What the first two lines say.
   *
   * @param load what is measured, such as {@code poisson 400/s}
   * @param share how much of it is done, 0 to 1; negative if nobody knows
   */
  record Head(String title, String load, String phase, double share) {}

  LiveFrame(boolean coloured) {
    this.coloured = coloured;
  }

  void add(Snapshot snapshot) {
    double length = Math.max(1e-3, snapshot.length().toNanos() / 1e9);
    boolean none = snapshot.latency().getTotalCount() == 0;
    seconds.addLast(
        new Second(
            none ? 0 : snapshot.latency().getValueAtPercentile(50) / 1e6,
            none ? 0 : snapshot.latency().getValueAtPercentile(99) / 1e6,
            snapshot.ok() / length,
            snapshot.failed() / length,
            snapshot.outstanding()));
    if (seconds.size() > 500) {
      seconds.removeFirst();
    }
    sent += snapshot.sent();
    failed += snapshot.failed();
  }

  /** Forgets what was seen: another run begins. */
  void clear() {
    seconds.clear();
    sent = 0;
    failed = 0;
  }

  /** The lines, at most {@code width} columns wide. */
  List<AttributedString> lines(Head head, int width) {
    List<AttributedString> lines = new ArrayList<>();
    lines.add(text(PLAIN.bold(), fit(head.title + "  " + head.load, width)));
    lines.add(progress(head, width));
    List<Second> shown = new ArrayList<>(seconds);
    int most = width - LABEL - 1;
    if (shown.size() > most) {
      shown = shown.subList(shown.size() - most, shown.size());
    }
    chart(lines, shown);
    lines.add(row("answers", "/s", shown, Second::rate, AttributedStyle.GREEN));
    lines.add(row("errors", "/s", shown, Second::errors, AttributedStyle.RED));
    long outstanding = shown.isEmpty() ? 0 : shown.get(shown.size() - 1).outstanding;
    lines.add(
        text(
            failed > 0 ? style(AttributedStyle.RED) : FAINT,
            fit(
                "%d sent, %d failed, %d in flight; Ctrl-C ends early"
                    .formatted(sent, failed, outstanding),
                width)));
    return lines;
  }

  private AttributedString progress(Head head, int width) {
    int room = Math.max(0, width - head.phase.length() - 2);
    double share = Math.max(0, Math.min(1, head.share));
    int full = (int) Math.round(room * share);
    return new AttributedStringBuilder()
        .style(style(AttributedStyle.BLUE))
        .append("━".repeat(full))
        .style(FAINT)
        .append("─".repeat(room - full))
        .style(PLAIN)
        .append("  ")
        .append(head.phase)
        .toAttributedString();
  }

  private void chart(List<AttributedString> lines, List<Second> shown) {
    double low = shown.stream().mapToDouble(Second::p50).filter(p -> p > 0).min().orElse(1);
    double high = Math.max(low * 1.5, shown.stream().mapToDouble(Second::p99).max().orElse(1));
    double bottom = low / 1.6;
    for (int row = CHART_ROWS - 1; row >= 0; row--) {
      AttributedStringBuilder line = new AttributedStringBuilder();
      double value = bottom * Math.pow(high / bottom, (row + 1.0) / CHART_ROWS);
      String name = row == CHART_ROWS - 1 ? "p99/p50" : "";
      line.style(FAINT).append("%-8s%7s ms ".formatted(name, BenchText.short3(value)));
      for (Second second : shown) {
        String tail = block(second.p99, bottom, high, row);
        String median = block(second.p50, bottom, high, row);
        boolean inner = !median.equals(" ");
        line.style(style(inner ? AttributedStyle.CYAN : AttributedStyle.BLUE));
        line.append(inner && median.equals("█") ? median : tail);
      }
      lines.add(line.toAttributedString());
    }
    Second last = shown.isEmpty() ? new Second(0, 0, 0, 0, 0) : shown.get(shown.size() - 1);
    lines.add(
        text(
            PLAIN,
            "%-8sp50 %s ms, p99 %s ms"
                .formatted("now", BenchText.short3(last.p50), BenchText.short3(last.p99))));
  }

  // Latencies differ by powers of ten, so each row of the chart multiplies.
  private static String block(double value, double bottom, double high, int row) {
    if (value <= bottom) {
      return " ";
    }
    double height = CHART_ROWS * Math.log(value / bottom) / Math.log(high / bottom) - row;
    int eighths = (int) Math.round(Math.max(0, Math.min(1, height)) * 8);
    return BARS.substring(eighths, eighths + 1);
  }

  private AttributedString row(
      String name, String unit, List<Second> shown, ToDoubleFunction<Second> figure, int colour) {
    double high = Math.max(1e-9, shown.stream().mapToDouble(figure).max().orElse(0));
    double last = shown.isEmpty() ? 0 : figure.applyAsDouble(shown.get(shown.size() - 1));
    AttributedStringBuilder line =
        new AttributedStringBuilder()
            .append(
                String.format(
                    Locale.ROOT,
                    last < 99_999 ? "%-8s%7.1f%-4s" : "%-8s%7.0f%-4s",
                    name,
                    last,
                    unit))
            .style(style(colour));
    for (Second second : shown) {
      int eighths = (int) Math.round(8 * figure.applyAsDouble(second) / high);
      line.append(BARS.substring(eighths, eighths + 1));
    }
    return line.toAttributedString();
  }

  private AttributedStyle style(int colour) {
    return coloured ? PLAIN.foreground(colour) : PLAIN;
  }

  private static AttributedString text(AttributedStyle style, String text) {
    return new AttributedStringBuilder().style(style).append(text).toAttributedString();
  }

  private static String fit(String text, int width) {
    return text.length() <= width ? text : text.substring(0, Math.max(0, width - 1)) + "…";
  }
}
