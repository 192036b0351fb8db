package io.mlserve.bench.verdict;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One figure of a run.
 *
 * @param source whose times; {@link Source#LATENCY} where the figure is none of time
 * @param quantile as a fraction, 0.99 for p99; 0 unless the kind is a percentile
 */
public record Metric(Kind kind, Source source, double quantile) {
  public static final Metric ERRORS = new Metric(Kind.ERRORS, Source.LATENCY, 0);
  public static final Metric RATE = new Metric(Kind.RATE, Source.LATENCY, 0);

  private static final String EXPECTED =
      "p50, p99, p99.9 or another percentile, max, mean, service.p99 and the like, errors, rate";
  private static final Pattern PERCENTILE = Pattern.compile("p(\\d{1,2}(?:\\.\\d{1,4})?)");

  /** What is looked at. */
  public enum Kind {
    PERCENTILE,
    MAX,
    MEAN,
    /** Failed and wrong answers as a share of the requests. */
    ERRORS,
    /** Right answers a second. */
    RATE
  }

  /** From when to when a time runs. */
  public enum Source {
    /** From when the request was due to the last byte of its answer. */
    LATENCY(""),
    /** From when it was sent to the last byte of its answer. */
    SERVICE("service."),
    /** From when it was due to when it was sent. */
    SEND_LAG("lag.");

    private final String prefix;

    Source(String prefix) {
      this.prefix = prefix;
    }
  }

  /** The latency percentile with that quantile, 0.99 for p99. */
  public static Metric percentile(double quantile) {
    return new Metric(Kind.PERCENTILE, Source.LATENCY, quantile);
  }

  /** Reads {@code p99}, {@code service.max}, {@code errors} and the like. */
  public static Metric parse(String text) {
    String name = text.strip().toLowerCase(Locale.ROOT);
    if (name.equals("errors")) {
      return ERRORS;
    }
    if (name.equals("rate")) {
      return RATE;
    }
    for (Source source : new Source[] {Source.SERVICE, Source.SEND_LAG, Source.LATENCY}) {
      if (name.startsWith(source.prefix)) {
        return time(source, name.substring(source.prefix.length()), text);
      }
    }
    throw unknown(text);
  }

  private static Metric time(Source source, String statistic, String text) {
    if (statistic.equals("max")) {
      return new Metric(Kind.MAX, source, 0);
    }
    if (statistic.equals("mean")) {
      return new Metric(Kind.MEAN, source, 0);
    }
    Matcher percentile = PERCENTILE.matcher(statistic);
    if (percentile.matches()) {
      double percent = Double.parseDouble(percentile.group(1));
      if (percent > 0) {
        return new Metric(Kind.PERCENTILE, source, Math.round(percent * 1e4) / 1e6);
      }
    }
    throw unknown(text);
  }

  private static MlserveException unknown(String text) {
    return new MlserveException(
        ErrorCode.INVALID_ARGUMENT, "'%s' (expected: %s)".formatted(text, EXPECTED));
  }

  /** Whether it is a time. */
  public boolean isTime() {
    return switch (kind) {
      case PERCENTILE, MAX, MEAN -> true;
      case ERRORS, RATE -> false;
    };
  }

  /** Whether more of it is better. */
  public boolean isBetterWhenHigher() {
    return kind == Kind.RATE;
  }

  /** As {@link #parse} reads it. */
  public String name() {
    return switch (kind) {
      case PERCENTILE -> source.prefix + percentileName(quantile);
      case MAX -> source.prefix + "max";
      case MEAN -> source.prefix + "mean";
      case ERRORS -> "errors";
      case RATE -> "rate";
    };
  }

  /** {@code p99} for 0.99, {@code p99.9} for 0.999. */
  public static String percentileName(double quantile) {
    String percent = String.valueOf(Math.round(quantile * 1e6) / 1e4);
    return "p" + (percent.endsWith(".0") ? percent.substring(0, percent.length() - 2) : percent);
  }
}
