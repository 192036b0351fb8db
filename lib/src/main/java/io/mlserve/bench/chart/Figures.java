package io.mlserve.bench.chart;

import java.util.Locale;

/** Numbers as the report shows them: as many digits as mean something. */
final class Figures {
  private Figures() {}

  /** Three digits: {@code 0.123}, {@code 12.3}, {@code 1 230}. */
  static String three(double value) {
    if (value == 0) {
      return "0";
    }
    if (value >= 999.5) {
      return grouped(Math.round(value));
    }
    return String.format(
        Locale.ROOT,
        value >= 99.95 ? "%.0f" : value >= 9.995 ? "%.1f" : value >= 0.9995 ? "%.2f" : "%.3f",
        value);
  }

  /** Nanoseconds as milliseconds, three digits, without the unit. */
  static String millis(double nanos) {
    return three(nanos / 1e6);
  }

  /** Nanoseconds with the unit that suits them. */
  static String time(double nanos) {
    if (nanos >= 0.9995e9) {
      return three(nanos / 1e9) + " s";
    }
    return nanos >= 1e6 || nanos == 0 ? millis(nanos) + " ms" : three(nanos / 1e3) + " µs";
  }

  static String millis(long nanos) {
    return millis((double) nanos);
  }

  static String time(long nanos) {
    return time((double) nanos);
  }

  static String grouped(long number) {
    return String.format(Locale.ROOT, "%,d", number).replace(',', '\u2009');
  }

  static String percent(double fraction) {
    return three(fraction * 100) + " %";
  }

  /** A tick of an axis: no digit that says nothing. */
  static String tick(double value) {
    if (value >= 1000 && value == Math.rint(value)) {
      return grouped((long) value);
    }
    String text = String.format(Locale.ROOT, "%.6f", value).replaceAll("0+$", "");
    return text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
  }
}
