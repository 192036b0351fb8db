package io.mlserve.bench.verdict;

import java.util.Locale;

/**
 * How one figure differs between two runs.
 *
 * @param base the figure of the first run: nanoseconds, a fraction, or answers a second
 * @param now that of the second
 * @param change relative, 0.1 for 10 % more; so are the ends of the interval
 * @param low with the confidence of the comparison, the true change is not below this
 * @param high nor above this
 */
public record Change(
    Metric metric, double base, double now, double change, double low, double high) {
  /** What may be said about it. */
  public enum Outcome {
    BETTER("better"),
    WORSE("worse"),
    NO_DIFFERENCE("no difference shown");

    private final String words;

    Outcome(String words) {
      this.words = words;
    }

    /** For people. */
    public String words() {
      return words;
    }
  }

  /** A difference is shown only when the whole interval lies on one side. */
  public Outcome outcome() {
    if (low <= 0 && high >= 0) {
      return Outcome.NO_DIFFERENCE;
    }
    return low > 0 == metric.isBetterWhenHigher() ? Outcome.BETTER : Outcome.WORSE;
  }

  /** {@code +10.2 % (+8.1 % to +12.4 %)}. */
  public String text() {
    return "%s (%s to %s)".formatted(percent(change), percent(low), percent(high));
  }

  private static String percent(double fraction) {
    if (fraction > 99) {
      return "more than 100x";
    }
    return String.format(Locale.ROOT, "%+.1f %%", fraction * 100);
  }
}
