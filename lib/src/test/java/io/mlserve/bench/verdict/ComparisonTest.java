package io.mlserve.bench.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class ComparisonTest {
  private static final int RUNS = 100;

  @Test
  void runsOfTheSameServerShowNoDifference() {
    int calm = 0;
    for (int seed = 0; seed < RUNS; seed++) {
      Comparison same = compare(run(2L * seed, 1), run(2L * seed + 1, 1));
      calm += same.outcome() == Change.Outcome.NO_DIFFERENCE ? 1 : 0;
    }
    assertThat(calm).isGreaterThanOrEqualTo(95);
  }

  @Test
  void tenPercentMoreLatencyIsWorse() {
    int worse = 0;
    for (int seed = 0; seed < RUNS; seed++) {
      Comparison slower = compare(run(2L * seed, 1), run(2L * seed + 1, 1.1));
      worse += slower.outcome() == Change.Outcome.WORSE ? 1 : 0;
    }
    assertThat(worse).isGreaterThanOrEqualTo(95);
  }

  @Test
  void tenPercentLessLatencyIsBetter() {
    Comparison faster = compare(run(1, 1.1), run(2, 1));

    assertThat(faster.outcome()).isEqualTo(Change.Outcome.BETTER);
  }

  @Test
  void newErrorsAreWorse() {
    List<WindowSample> failing =
        run(2, 1).stream().map(w -> new WindowSample(1, w.sent(), 2, w.latency())).toList();

    assertThat(compare(run(1, 1), failing).outcome()).isEqualTo(Change.Outcome.WORSE);
  }

  @Test
  void fewWindowsShowNothing() {
    Comparison few = compare(run(1, 1).subList(0, 5), run(2, 1.5).subList(0, 5));

    assertThat(few.outcome()).isEqualTo(Change.Outcome.NO_DIFFERENCE);
  }

  @Test
  void sameRunsGiveTheSameAnswer() {
    assertThat(compare(run(1, 1), run(2, 1.1))).isEqualTo(compare(run(1, 1), run(2, 1.1)));
  }

  @Test
  void percentilesAreThoseOfTheHistogram() {
    Histogram nanos = new Histogram(3);
    for (int i = 1; i <= 10_000; i++) {
      nanos.recordValue(i * 1_000L);
    }
    LatencyCounts counts = LatencyCounts.of(nanos);
    List<WindowSample> one = List.of(new WindowSample(1, 10_000, 0, counts));

    Change p99 = Comparison.of(one, one, List.of(Metric.percentile(0.99))).changes().get(0);

    assertThat(p99.base()).isBetween(9_850_000.0, 9_950_000.0);
  }

  private static Comparison compare(List<WindowSample> base, List<WindowSample> now) {
    return Comparison.of(base, now, Comparison.STANDARD);
  }

  /**
   * Thirty seconds at 200/s: log-normal latencies, one request in a hundred slower by far, and a
   * machine whose pace wanders by 3 % from second to second and remembers a third of it.
   */
  private static List<WindowSample> run(long seed, double slowness) {
    Random random = new Random(seed * 7919 + 17);
    List<WindowSample> windows = new ArrayList<>();
    double mood = 0;
    for (int second = 0; second < 30; second++) {
      mood = mood / 3 + 0.03 * random.nextGaussian();
      Histogram latency = new Histogram(3);
      int sent = (int) Math.round(200 + Math.sqrt(200) * random.nextGaussian());
      for (int i = 0; i < sent; i++) {
        double millis = 5 * slowness * Math.exp(mood + 0.25 * random.nextGaussian());
        double tail = random.nextInt(100) == 0 ? 1 + 2 * random.nextDouble() : 1;
        latency.recordValue((long) (millis * tail * 1e6));
      }
      windows.add(new WindowSample(1, sent, 0, LatencyCounts.of(latency)));
    }
    return windows;
  }
}
