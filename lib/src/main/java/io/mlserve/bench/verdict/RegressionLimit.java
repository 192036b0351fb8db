package io.mlserve.bench.verdict;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How much worse than a baseline a figure may be: {@code p99:+5%}, {@code rate:-3%}.
 *
 * @param text as the user wrote it
 * @param most the change that is still allowed, as a fraction: positive, or negative for the rate
 */
public record RegressionLimit(String text, Metric metric, double most) {
  private static final Pattern FORM =
      Pattern.compile("\\s*([^:\\s]+)\\s*:\\s*([+-])([0-9]*\\.?[0-9]+)\\s*%\\s*");
  private static final String EXPECTED = "METRIC:CHANGE such as p99:+5%,rate:-3%";

  /** Reads one or more limits with commas between them. */
  public static List<RegressionLimit> parse(String text) {
    List<RegressionLimit> limits = new ArrayList<>();
    for (String part : text.split(",", -1)) {
      limits.add(one(part));
    }
    return List.copyOf(limits);
  }

  /** Reads one limit. */
  public static RegressionLimit one(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw wrong(text, EXPECTED);
    }
    Metric metric = Metric.parse(form.group(1));
    if (metric.source() != Metric.Source.LATENCY || metric.kind() == Metric.Kind.MEAN) {
      throw wrong(text, "a percentile of latency, max, rate or errors");
    }
    String worse = metric.isBetterWhenHigher() ? "-" : "+";
    if (!form.group(2).equals(worse)) {
      throw wrong(text, metric.name() + ":" + worse + form.group(3) + "%");
    }
    double size = Double.parseDouble(form.group(3)) / 100;
    return new RegressionLimit(text.strip(), metric, worse.equals("-") ? -size : size);
  }

  private static MlserveException wrong(String text, String expected) {
    return new MlserveException(
        ErrorCode.INVALID_ARGUMENT, "'%s' (expected: %s)".formatted(text, expected));
  }

  /**
   * Whether a change stays within the limit. It fails when it is beyond it and no noise, passes
   * when even the far end of its interval is within it, and else there are too few requests.
   */
  public Verdict judge(Change change) {
    double sign = metric.isBetterWhenHigher() ? -1 : 1; // from here on more is worse
    double allowed = sign * most;
    double near = sign > 0 ? change.low() : -change.high();
    double far = sign > 0 ? change.high() : -change.low();
    if (sign * change.change() > allowed && near > 0) {
      return Verdict.FAIL;
    }
    return far <= allowed ? Verdict.PASS : Verdict.NOT_ENOUGH;
  }
}
