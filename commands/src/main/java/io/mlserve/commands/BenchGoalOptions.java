package io.mlserve.commands;

import io.mlserve.bench.BenchPoint;
import io.mlserve.bench.BenchRun;
import io.mlserve.bench.Extent;
import io.mlserve.bench.Schedule;
import io.mlserve.bench.result.BaselineFindings;
import io.mlserve.bench.result.BenchResult;
import io.mlserve.bench.result.Campaign;
import io.mlserve.bench.result.Findings;
import io.mlserve.bench.result.Goals;
import io.mlserve.bench.result.Judge;
import io.mlserve.bench.result.Outcome;
import io.mlserve.bench.verdict.MaxSearch;
import io.mlserve.bench.verdict.RegressionLimit;
import io.mlserve.bench.verdict.Slo;
import io.mlserve.bench.verdict.StabilityRule;
import io.mlserve.error.MlserveException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;

/** What {@code mlserve bench} is to find out, beyond the figures themselves. */
final class BenchGoalOptions {
  private static final double START_RATE = 100;
  private static final double HIGHEST_RATE = 1_000_000;

  @Option(
      names = "--slo",
      paramLabel = "GOAL",
      converter = SloConverter.class,
      description = {
        "Fail unless this holds: p99<20ms, service.p99<10ms, max<1s, errors<0.1%%, rate>500/s."
            + " May be given several times. A percentile or a share of errors needs enough"
            + " requests for 99%% confidence."
      })
  private List<Slo> slo = new ArrayList<>();

  @Option(
      names = "--confidence",
      paramLabel = "X",
      defaultValue = "0.99",
      description = "How sure a passed goal must be, between 0.5 and 1 (default: 0.99).")
  private double confidence;

  @Option(
      names = "--find-max",
      arity = "0..1",
      paramLabel = "LO:HI",
      fallbackValue = "",
      converter = RangeConverter.class,
      parameterConsumer = OptionalValue.class,
      description = {
        "Look for the highest rate at which all goals hold: doubles, bisects to 5%%, and confirms"
            + " with a fresh run at full length. Starts at LO (default: 100)."
      })
  private Optional<MaxSearch> findMax = Optional.empty();

  @Option(
      names = "--stable",
      arity = "0..1",
      paramLabel = "RULE",
      fallbackValue = "",
      converter = StabilityConverter.class,
      parameterConsumer = OptionalValue.class,
      description = {
        "Measure again until the last runs agree in rate and median; the last one is reported."
            + " RULE is windows=3,within=10%% unless given."
      })
  private Optional<StabilityRule> stable = Optional.empty();

  @Option(
      names = "--max-tries",
      paramLabel = "N",
      defaultValue = "10",
      description = "How often to measure for --stable at most (default: 10).")
  private int maxTries;

  @Option(
      names = "--baseline",
      paramLabel = "FILE",
      description = "Compare with an earlier result, saved with --json FILE.")
  private Optional<Path> baseline = Optional.empty();

  @Option(
      names = "--max-regression",
      paramLabel = "LIMITS",
      split = ",",
      converter = LimitConverter.class,
      description = "How much worse than the baseline it may be, such as p99:+5%%,rate:-3%%.")
  private List<RegressionLimit> maxRegression = new ArrayList<>();

  @Option(
      names = "--label",
      paramLabel = "K=V",
      description = "Put this into the result; may be given several times.")
  private Map<String, String> labels = new LinkedHashMap<>();

  private Optional<BenchRun> earlier = Optional.empty();

  /** Refuses what cannot be, before anything is sent; reads the baseline. */
  void check(CommandLine line) throws IOException {
    if (!(confidence >= 0.5 && confidence < 1)) {
      throw wrong(line, "--confidence", confidence, "at least 0.5 and less than 1");
    }
    int least = stable.map(StabilityRule::windows).orElse(1);
    if (maxTries < least) {
      throw wrong(line, "--max-tries", maxTries, "at least " + least);
    }
    if (findMax.isPresent() && slo.isEmpty()) {
      throw new ParameterException(line, "--find-max without --slo (expected: a goal to hold)");
    }
    if (findMax.isPresent() && stable.isPresent()) {
      throw new ParameterException(line, "--find-max with --stable (expected: one of them)");
    }
    if (!maxRegression.isEmpty() && baseline.isEmpty()) {
      throw new ParameterException(line, "--max-regression without --baseline (expected: both)");
    }
    if (baseline.isPresent()) {
      earlier = Optional.of(BenchFiles.read(baseline.get()).run());
    }
  }

  private static ParameterException wrong(
      CommandLine line, String option, Object value, String expected) {
    return new ParameterException(
        line, "%s: '%s' (expected: %s)".formatted(option, value, expected));
  }

  boolean isSearch() {
    return findMax.isPresent();
  }

  /**
   * Makes the runs.
   *
   * @param loads what to measure; a search takes all but the rate from the first
   */
  Campaign.Outcome run(
      List<Schedule> loads, Extent extent, Campaign.Runner runner, Campaign.Listener listener) {
    Goals goals = new Goals(slo, confidence, stable, maxTries);
    Campaign campaign = new Campaign(goals, runner, listener);
    if (findMax.isPresent() && loads.get(0) instanceof Schedule.Open open) {
      return campaign.findMax(open, extent, findMax.get());
    }
    return campaign.sweep(loads, extent);
  }

  /**
   * Adds up what was found.
   *
   * @param run with the points of {@code measured}
   * @param interrupted the exit status if it was ended early
   */
  BenchResult conclude(BenchRun run, Campaign.Outcome measured, int interrupted) {
    List<BenchPoint> points = measured.points();
    Optional<BaselineFindings> compared =
        earlier
            .filter(base -> !base.points().isEmpty() && !points.isEmpty())
            .map(
                base ->
                    Judge.compare(
                        String.valueOf(baseline.orElseThrow().getFileName()),
                        base,
                        run,
                        maxRegression));
    Judge.Sum sum = Judge.sum(points, measured.findings(), measured.max(), compared);
    return new BenchResult(
        run,
        new Findings(
            labels,
            measured.findings(),
            measured.max(),
            compared,
            sum.outcome(),
            sum.reasons(),
            status(sum.outcome(), interrupted)));
  }

  private static int status(Outcome outcome, int interrupted) {
    return switch (outcome) {
      case PASS -> ExitStatus.OK;
      case FAIL -> ExitStatus.CHECK_SAID_NO;
      case UNSTABLE -> ExitStatus.INCONCLUSIVE;
      case INTERRUPTED -> interrupted;
    };
  }

  private static <T> T converted(Function<String, T> parser, String text) {
    try {
      return parser.apply(text);
    } catch (MlserveException e) {
      // what is wrong may be a part of it; the whole is quoted
      String message = String.valueOf(e.getMessage());
      int expected = Math.max(0, message.indexOf(" (expected: "));
      throw new TypeConversionException("'" + text + "'" + message.substring(expected));
    }
  }

  /** Reads {@code p99<20ms}. */
  static final class SloConverter implements ITypeConverter<Slo> {
    @Override
    public Slo convert(String text) {
      return converted(Slo::parse, text);
    }
  }

  /** Reads {@code windows=3,within=10%}. */
  static final class StabilityConverter implements ITypeConverter<StabilityRule> {
    @Override
    public StabilityRule convert(String text) {
      return converted(StabilityRule::parse, text);
    }
  }

  /** Reads {@code p99:+5%}. */
  static final class LimitConverter implements ITypeConverter<RegressionLimit> {
    @Override
    public RegressionLimit convert(String text) {
      return converted(RegressionLimit::one, text);
    }
  }

  /** Reads {@code 100:5000}, {@code 100} or nothing. */
  static final class RangeConverter implements ITypeConverter<MaxSearch> {
    @Override
    public MaxSearch convert(String text) {
      String[] ends = text.split(":", -1);
      try {
        double low = ends[0].isEmpty() ? START_RATE : Double.parseDouble(ends[0]);
        double high = ends.length < 2 ? HIGHEST_RATE : Double.parseDouble(ends[1]);
        if (ends.length <= 2 && low > 0 && high >= low && high <= HIGHEST_RATE) {
          return new MaxSearch(low, high);
        }
      } catch (NumberFormatException e) {
        // said below with an example
      }
      throw new TypeConversionException(
          "'" + text + "' (expected: rates LO:HI such as 100:5000, at most 1000000)");
    }
  }
}
