package io.mlserve.bench.result;

import io.mlserve.bench.Arrival;
import io.mlserve.bench.BenchPoint;
import io.mlserve.bench.BenchRun;
import io.mlserve.bench.Counts;
import io.mlserve.bench.EventReport;
import io.mlserve.bench.Extent;
import io.mlserve.bench.Failure;
import io.mlserve.bench.FailureCount;
import io.mlserve.bench.GeneratorHealth;
import io.mlserve.bench.HostFacts;
import io.mlserve.bench.LoadFacts;
import io.mlserve.bench.MatchCount;
import io.mlserve.bench.RunFacts;
import io.mlserve.bench.Schedule;
import io.mlserve.bench.ServerView;
import io.mlserve.bench.TargetFacts;
import io.mlserve.bench.Timings;
import io.mlserve.bench.Window;
import io.mlserve.bench.verdict.RegressionLimit;
import io.mlserve.bench.verdict.Slo;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import org.HdrHistogram.Histogram;

/** Results as runs of half a minute give them, made up from a seed. */
public final class SampleResults {
  private static final Instant START = Instant.parse("2026-01-01T12:00:00Z");
  private static final int SECONDS = 30;

  private SampleResults() {}

  /** An open loop of 400/s; the server stops for 1.5 s in the middle. */
  public static BenchResult stalled() {
    return result(
        List.of(point(400, 1, 1500, 1)), List.of("p99<20ms", "errors<1%"), Optional.empty());
  }

  /** The same without the stop, compared with an earlier run. */
  public static BenchResult calm() {
    BenchRun before = run(List.of(point(400, 1.02, 0, 2)));
    return result(
        List.of(point(400, 1, 0, 1)), List.of("p99<20ms", "errors<1%"), Optional.of(before));
  }

  /** A sweep over rates up to more than the server can do. */
  public static BenchResult sweep() {
    List<BenchPoint> points = new ArrayList<>();
    for (int rate = 100; rate <= 800; rate += 100) {
      points.add(point(rate, 1 / (1.02 - rate / 800.0), 0, rate));
    }
    return result(points, List.of("p99<60ms"), Optional.empty());
  }

  static BenchResult result(List<BenchPoint> points, List<String> slos, Optional<BenchRun> base) {
    BenchRun run = run(points);
    List<Slo> objectives = slos.stream().map(Slo::parse).toList();
    List<PointFindings> findings =
        points.stream()
            .map(
                p ->
                    new PointFindings(
                        PointFindings.Role.LOAD, Judge.slo(p, objectives, 0.99), Optional.empty()))
            .toList();
    Optional<BaselineFindings> baseline =
        base.map(
            b -> Judge.compare("before.json", b, run, RegressionLimit.parse("p99:+10%,rate:-3%")));
    Optional<MaxFindings> max =
        points.size() < 2
            ? Optional.empty()
            : Optional.of(
                new MaxFindings(
                    OptionalDouble.of(700),
                    OptionalDouble.of(698.2),
                    true,
                    points.size(),
                    Optional.empty()));
    Judge.Sum sum = Judge.sum(points, findings, max, baseline);
    return new BenchResult(
        run,
        new Findings(
            Map.of("branch", "<b>main</b>"),
            findings,
            max,
            baseline,
            sum.outcome(),
            sum.reasons(),
            sum.outcome() == Outcome.PASS ? 0 : 10));
  }

  private static BenchRun run(List<BenchPoint> points) {
    return new BenchRun(
        new RunFacts(
            "0.1.0",
            List.of("bench", "http://127.0.0.1:8501", "-r", "400"),
            42,
            START,
            new HostFacts(
                Optional.of("Example CPU"),
                16,
                1L << 36,
                "Linux 6.1 amd64",
                Optional.empty(),
                "OpenJDK 17")),
        new TargetFacts(
            "http://127.0.0.1:8501", "tfs-rest", "resnet50", Optional.of("7"), Optional.empty()),
        new LoadFacts(
            Optional.empty(),
            new Extent(
                Duration.ofSeconds(5),
                Optional.of(Duration.ofSeconds(SECONDS)),
                OptionalLong.empty()),
            Duration.ZERO,
            Duration.ZERO,
            Duration.ofSeconds(10),
            "random",
            1,
            1),
        points);
  }

  /**
   * One load.
   *
   * @param slowness 1 for a median of 5 ms
   * @param stallMillis how long the server answers nothing in the middle
   */
  static BenchPoint point(double rate, double slowness, long stallMillis, long seed) {
    Random random = new Random(seed);
    Histogram latency = new Histogram(3);
    Histogram service = new Histogram(3);
    Histogram lag = new Histogram(3);
    List<Window> windows = new ArrayList<>();
    double stall = 17.25;
    long failed = 0;
    for (int second = 0; second < SECONDS; second++) {
      Histogram here = new Histogram(3);
      double pace = slowness * Math.exp(0.03 * random.nextGaussian());
      long bad = stallMillis > 0 && second == 12 ? 3 : 0;
      for (int i = 0; i < rate; i++) {
        double at = 5 + second + i / rate;
        double served = 5e6 * pace * Math.exp(0.22 * random.nextGaussian());
        double waited = at > stall ? Math.max(0, stall + stallMillis / 1e3 - at) * 1e9 : 0;
        here.recordValue((long) (served + waited));
        service.recordValue((long) served);
        lag.recordValue((long) (waited + 20_000 * random.nextDouble()));
      }
      latency.add(here);
      failed += bad;
      windows.add(
          new Window(
              Duration.ofSeconds(5L + second),
              Duration.ofSeconds(1),
              (long) rate + bad,
              (long) rate,
              bad,
              (long) rate,
              here));
    }
    List<EventReport> events =
        stallMillis == 0
            ? List.of()
            : List.of(
                new EventReport(
                    "reload resnet50",
                    Duration.ofMillis(17_200),
                    Duration.ofMillis(stallMillis + 90),
                    OptionalInt.of(0),
                    ""));
    return new BenchPoint(
        new Schedule.Open(rate, new Arrival.Poisson(), 42, 64, 2000),
        START,
        Duration.ofSeconds(5),
        Duration.ofSeconds(SECONDS),
        new Counts((long) (rate * 5), (long) (rate * 5), List.of()),
        new Counts(
            (long) (rate * SECONDS) + failed,
            (long) (rate * SECONDS),
            failed == 0
                ? List.of()
                : List.of(
                    new FailureCount(
                        "http-503",
                        failed,
                        17_300_000_000L,
                        new Failure(Failure.Kind.STATUS, 503, "<busy> & \"gone\"")))),
        new Timings(latency, service, lag),
        windows,
        events,
        new BenchPoint.Answers(
            List.of(
                new MatchCount("v1.json", 10, 1_000_000, 2_000_000, 5_000_000_000L, 5_001_000_000L),
                new MatchCount(
                    "v2.json", 0, Long.MAX_VALUE, Long.MAX_VALUE, Long.MIN_VALUE, Long.MIN_VALUE)),
            List.of()),
        new GeneratorHealth(
            3000,
            20_000,
            90_000,
            900_000,
            0.001,
            0.21,
            Duration.ofMillis(12),
            Duration.ofSeconds(6)),
        0,
        Optional.of(
            new ServerView(
                "http://127.0.0.1:8502/metrics",
                OptionalLong.of(14_000),
                14_000,
                Optional.of(Duration.ofNanos(1_100_000)),
                Optional.of(Duration.ofNanos(4_600_000)),
                OptionalDouble.empty(),
                OptionalDouble.of(0.61),
                Map.of("requests_total{model=\"resnet50\"}", 14_000.0),
                Optional.empty())),
        false);
  }
}
