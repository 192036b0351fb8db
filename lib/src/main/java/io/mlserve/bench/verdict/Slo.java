package io.mlserve.bench.verdict;

import io.mlserve.bench.Confidence;
import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.HdrHistogram.AbstractHistogram;

/**
 * A service level objective: {@code p99<20ms}, {@code errors<0.1%}, {@code rate>500/s}.
 *
 * @param text as the user wrote it
 * @param limit nanoseconds for times, a fraction for errors, right answers a second for the rate
 * @param atLeast whether the figure must be above the limit, rather than below it
 */
public record Slo(String text, Metric metric, double limit, boolean atLeast) {
  private static final Pattern FORM =
      Pattern.compile("\\s*([^<>=\\s]+)\\s*([<>])=?\\s*([0-9]*\\.?[0-9]+)\\s*([^0-9\\s]*)\\s*");
  private static final Map<String, Double> NANOS =
      Map.of("ns", 1.0, "us", 1e3, "µs", 1e3, "ms", 1e6, "s", 1e9);
  private static final String EXAMPLES =
      "METRIC<LIMIT such as p99<20ms, errors<0.1%, rate>500/s, service.p99<10ms";

  /** Reads an objective; what is wrong with it is said with an example of what is right. */
  public static Slo parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw wrong(text, EXAMPLES);
    }
    Metric metric = Metric.parse(form.group(1));
    boolean atLeast = form.group(2).equals(">");
    if (atLeast != metric.isBetterWhenHigher()) {
      throw wrong(text, metric.isBetterWhenHigher() ? "rate>LIMIT" : metric.name() + "<LIMIT");
    }
    double number = Double.parseDouble(form.group(3));
    double limit = number * unit(text, metric, form.group(4));
    if (metric.kind() == Metric.Kind.ERRORS && limit >= 1) {
      throw wrong(text, "less than 100%");
    }
    if (limit == 0 && metric.kind() != Metric.Kind.ERRORS) {
      throw wrong(text, "a limit above zero");
    }
    return new Slo(text.strip(), metric, limit, atLeast);
  }

  private static double unit(String text, Metric metric, String unit) {
    if (metric.isTime()) {
      Double nanos = NANOS.get(unit);
      if (nanos == null) {
        throw wrong(text, "a unit: us, ms or s, as in p99<20ms");
      }
      return nanos;
    }
    if (metric.kind() == Metric.Kind.ERRORS && (unit.isEmpty() || unit.equals("%"))) {
      return unit.isEmpty() ? 1 : 0.01;
    }
    if (metric.kind() == Metric.Kind.RATE && (unit.isEmpty() || unit.equals("/s"))) {
      return 1;
    }
    throw wrong(text, metric.kind() == Metric.Kind.RATE ? "rate>500/s" : "errors<0.1%");
  }

  private static MlserveException wrong(String text, String expected) {
    return new MlserveException(
        ErrorCode.INVALID_ARGUMENT, "'%s' (expected: %s)".formatted(text, expected));
  }

  /** Whether the run met it. Failed requests count as slower than any limit. */
  public SloVerdict judge(Measured run, Confidence confidence) {
    return switch (metric.kind()) {
      case PERCENTILE -> share(run, metric.quantile(), slower(run), confidence);
      case ERRORS ->
          limit == 0
              ? plain(run, run.failed() == 0 && run.sent() > 0)
              : share(run, 1 - limit, run.failed(), confidence);
      case MAX, MEAN -> plain(run, run.sent() > 0 && run.failed() == 0 && value(run) <= limit);
      case RATE -> plain(run, value(run) >= limit);
    };
  }

  /**
   * Whether the figures as they stand are on the right side, however few they are. For a search,
   * which must go somewhere; a verdict comes from {@link #judge}.
   */
  public boolean looksMet(Measured run) {
    return switch (metric.kind()) {
      case PERCENTILE -> run.sent() > 0 && !isOver(slower(run), run.sent(), metric.quantile());
      case ERRORS -> run.sent() > 0 && run.failed() <= limit * run.sent();
      case MAX, MEAN -> run.sent() > 0 && run.failed() == 0 && value(run) <= limit;
      case RATE -> value(run) >= limit;
    };
  }

  private SloVerdict share(Measured run, double quantile, long over, Confidence confidence) {
    long requests = run.sent();
    if (requests > 0 && isOver(over, requests, quantile)) {
      // With very few requests one slow one makes a p99; it must be more than chance.
      boolean chance =
          requests < confidence.requestsNeeded(quantile, 0)
              && chanceOfAtLeast(over, requests, quantile) > 1 - confidence.level();
      Verdict verdict = chance ? Verdict.NOT_ENOUGH : Verdict.FAIL;
      return new SloVerdict(this, verdict, value(run), over, requests, 0, confidence.level());
    }
    long needed = confidence.requestsNeeded(quantile, over);
    Verdict verdict = requests >= needed ? Verdict.PASS : Verdict.NOT_ENOUGH;
    return new SloVerdict(this, verdict, value(run), over, requests, needed, confidence.level());
  }

  private SloVerdict plain(Measured run, boolean met) {
    Verdict verdict = met ? Verdict.PASS : run.sent() == 0 ? Verdict.NOT_ENOUGH : Verdict.FAIL;
    return new SloVerdict(this, verdict, value(run), 0, run.sent(), 0, 0);
  }

  private static boolean isOver(long over, long requests, double quantile) {
    return requests - over < Math.ceil(quantile * requests - 1e-9);
  }

  // 1 minus the chance of fewer; only asked where requests are few.
  private static double chanceOfAtLeast(long over, long requests, double quantile) {
    double fewer = 0;
    double logTerm = requests * Math.log(quantile);
    for (long k = 0; k < over; k++) {
      fewer += Math.exp(logTerm);
      logTerm +=
          Math.log((double) (requests - k) / (k + 1)) + Math.log1p(-quantile) - Math.log(quantile);
    }
    return 1 - fewer;
  }

  private long slower(Measured run) {
    AbstractHistogram nanos = run.histogram(metric.source());
    long failed = metric.source() == Metric.Source.SEND_LAG ? 0 : run.failed();
    long bound = (long) limit;
    if (nanos.getTotalCount() == 0 || bound >= nanos.getMaxValue()) {
      return failed;
    }
    return failed + nanos.getTotalCount() - nanos.getCountBetweenValues(0, bound);
  }

  /** The figure that it is about, in the unit of the limit. */
  public double value(Measured run) {
    AbstractHistogram nanos = run.histogram(metric.source());
    boolean empty = nanos.getTotalCount() == 0;
    return switch (metric.kind()) {
      case PERCENTILE -> empty ? 0 : nanos.getValueAtPercentile(metric.quantile() * 100);
      case MAX -> empty ? 0 : nanos.getMaxValue();
      case MEAN -> empty ? 0 : nanos.getMean();
      case ERRORS -> run.sent() == 0 ? 0 : (double) run.failed() / run.sent();
      case RATE -> run.ratePerSecond();
    };
  }
}
