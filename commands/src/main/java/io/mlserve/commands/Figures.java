package io.mlserve.commands;

import io.mlserve.metrics.Buckets;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/** Numbers and times in the few characters of a table. */
final class Figures {
  private Figures() {}

  /** Counters are floating point on the wire and whole in truth. */
  static String count(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? String.valueOf((long) value)
        : String.valueOf(value);
  }

  /** Three digits. */
  static String rate(double perSecond) {
    if (perSecond == 0 || Double.isNaN(perSecond)) {
      return perSecond == 0 ? "0" : "-";
    }
    return perSecond < 0.001
        ? String.format(Locale.ROOT, "%.1e", perSecond)
        : new BigDecimal(perSecond)
            .round(new MathContext(perSecond >= 1000 ? 4 : 3))
            .stripTrailingZeros()
            .toPlainString();
  }

  static String percent(double share) {
    double percent = share * 100;
    return String.format(Locale.ROOT, percent > 0 && percent < 10 ? "%.1f" : "%.0f", percent);
  }

  /** A percentile: the bound that it does not exceed, in ms. */
  static String bound(Buckets.Bounds bounds) {
    return Double.isInfinite(bounds.atMost())
        ? ">" + millis(bounds.above())
        : "<=" + millis(bounds.atMost());
  }

  static String millis(double seconds) {
    return new BigDecimal(seconds * 1000)
        .round(new MathContext(3))
        .stripTrailingZeros()
        .toPlainString();
  }

  static String ago(Instant last, Instant now) {
    Duration since = Duration.between(last, now);
    if (since.isNegative() || since.toMinutes() < 2) {
      return Math.max(0, since.toSeconds()) + "s ago";
    }
    return since.toHours() < 2
        ? since.toMinutes() + "m ago"
        : since.toDays() < 2 ? since.toHours() + "h ago" : since.toDays() + "d ago";
  }
}
