package io.mlserve.bench.verdict;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.ToDoubleFunction;

/**
 * Two runs side by side. Windows of each run are drawn again and again, in short blocks and with
 * replacement; how much the figures of these made-up runs vary tells how much of a difference is
 * noise. The same runs always give the same answer.
 *
 * @param changes one for each figure that was asked for, in that order
 * @param windows of the run that has fewer
 */
public record Comparison(List<Change> changes, int windows) {
  /** What is compared when nobody says what. */
  public static final List<Metric> STANDARD =
      List.of(
          Metric.percentile(0.5),
          Metric.percentile(0.9),
          Metric.percentile(0.99),
          Metric.RATE,
          Metric.ERRORS);

  /** With fewer windows nothing can be said. */
  public static final int FEWEST_WINDOWS = 6;

  // 99.5 %, both sides: several figures are looked at, and each may cry wolf.
  private static final double Z = 2.807;
  private static final int DRAWS = 400;
  private static final long SEED = 20_100_301;

  public Comparison {
    changes = List.copyOf(changes);
  }

  /** Compares the second run with the first. */
  public static Comparison of(
      List<WindowSample> base, List<WindowSample> now, List<Metric> metrics) {
    int windows = Math.min(base.size(), now.size());
    List<double[]> baseDraws = draws(base, metrics, new Random(SEED));
    List<double[]> nowDraws = draws(now, metrics, new Random(SEED + 1));
    List<Change> changes = new ArrayList<>();
    for (int m = 0; m < metrics.size(); m++) {
      Metric metric = metrics.get(m);
      double was = figure(metric, Sum.of(base));
      double is = figure(metric, Sum.of(now));
      double shownWas = metric.kind() == Metric.Kind.ERRORS ? errors(base) : was;
      double shownIs = metric.kind() == Metric.Kind.ERRORS ? errors(now) : is;
      double noise = Math.hypot(deviation(baseDraws, m), deviation(nowDraws, m));
      double reach = windows < FEWEST_WINDOWS ? 50 : student(windows - 1) * noise;
      double log = Math.log(is / was);
      changes.add(
          was > 0 && is > 0 && (metric.kind() != Metric.Kind.ERRORS || shownWas + shownIs > 0)
              ? new Change(metric, shownWas, shownIs, exp(log), exp(log - reach), exp(log + reach))
              : new Change(metric, shownWas, shownIs, 0, 0, 0));
    }
    return new Comparison(changes, windows);
  }

  private static double exp(double log) {
    return Math.expm1(log);
  }

  /** The sum of it: one figure that is worse outweighs any that are better. */
  public Change.Outcome outcome() {
    List<Change.Outcome> all = changes.stream().map(Change::outcome).toList();
    if (all.contains(Change.Outcome.WORSE)) {
      return Change.Outcome.WORSE;
    }
    return all.contains(Change.Outcome.BETTER)
        ? Change.Outcome.BETTER
        : Change.Outcome.NO_DIFFERENCE;
  }

  /** Windows added up. */
  @SuppressWarnings("ArrayRecordComponent") // thousands are made, looked at once, and dropped
  private record Sum(double seconds, long sent, long failed, long[] latency, int from) {
    static Sum of(List<WindowSample> windows) {
      int from = windows.stream().mapToInt(w -> w.latency().from()).min().orElse(0);
      int to = windows.stream().mapToInt(w -> w.latency().to()).max().orElse(0);
      return of(windows, from, Math.max(from, to));
    }

    static Sum of(List<WindowSample> windows, int from, int to) {
      long[] latency = new long[to - from];
      double seconds = 0;
      long sent = 0;
      long failed = 0;
      for (WindowSample window : windows) {
        seconds += window.seconds();
        sent += window.sent();
        failed += window.failed();
        window.latency().addTo(latency, from);
      }
      return new Sum(seconds, sent, failed, latency, from);
    }
  }

  private static double figure(Metric metric, Sum sum) {
    return switch (metric.kind()) {
      case PERCENTILE -> LatencyCounts.percentile(sum.latency, sum.from, metric.quantile());
      case MAX -> LatencyCounts.percentile(sum.latency, sum.from, 1);
      case MEAN -> throw new IllegalArgumentException("means are not compared");
      case RATE -> sum.seconds <= 0 ? 0 : (sum.sent - sum.failed) / sum.seconds;
      // Half an error is added, so that a ratio exists where one run had none.
      case ERRORS -> (sum.failed + 0.5) / (sum.sent + 1);
    };
  }

  private static double errors(List<WindowSample> windows) {
    long sent = windows.stream().mapToLong(WindowSample::sent).sum();
    long failed = windows.stream().mapToLong(WindowSample::failed).sum();
    return sent == 0 ? 0 : (double) failed / sent;
  }

  // Logarithms of each figure in many made-up runs.
  private static List<double[]> draws(
      List<WindowSample> windows, List<Metric> metrics, Random random) {
    List<double[]> draws = new ArrayList<>();
    if (windows.isEmpty()) {
      return draws;
    }
    Sum whole = Sum.of(windows);
    int count = windows.size();
    int block = Math.max(1, (int) Math.round(Math.cbrt(count)));
    for (int draw = 0; draw < DRAWS; draw++) {
      List<WindowSample> drawn = new ArrayList<>(count);
      while (drawn.size() < count) {
        int start = random.nextInt(count);
        for (int i = 0; i < block && drawn.size() < count; i++) {
          drawn.add(windows.get((start + i) % count));
        }
      }
      Sum sum = Sum.of(drawn, whole.from, whole.from + whole.latency.length);
      draws.add(metrics.stream().mapToDouble(log(sum)).toArray());
    }
    return draws;
  }

  private static ToDoubleFunction<Metric> log(Sum sum) {
    return metric -> Math.log(Math.max(1e-12, figure(metric, sum)));
  }

  private static double deviation(List<double[]> draws, int metric) {
    double mean = draws.stream().mapToDouble(d -> d[metric]).average().orElse(0);
    double squares = draws.stream().mapToDouble(d -> (d[metric] - mean) * (d[metric] - mean)).sum();
    return draws.size() < 2 ? 0 : Math.sqrt(squares / (draws.size() - 1));
  }

  // Student's t for so many degrees of freedom, from the normal quantile (Cornish and Fisher).
  private static double student(int freedom) {
    double z3 = Z * Z * Z;
    double z5 = z3 * Z * Z;
    return Z + (z3 + Z) / (4 * freedom) + (5 * z5 + 16 * z3 + 3 * Z) / (96.0 * freedom * freedom);
  }
}
