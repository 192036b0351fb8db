package io.mlserve.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.mlserve.bench.BenchPoint.Outcome;
import io.mlserve.fixtures.net.StubModelServer;
import io.mlserve.fixtures.net.StubModelServer.Answer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What makes the load generator to be trusted: it is right where the right figure is known. */
@Timeout(60)
class HonestyTest {
  private static final String ONE = "{\"predictions\": [2.5]}";

  /**
   * 100 requests a second for 3 s, one at a time; the server stands still for 300 ms once. The 31
   * requests that are due meanwhile wait for 300, 290, ... ms and, since 1 ms each is not the
   * limit, all at once are answered at its end: latencies are uniform up to the stall, and the p99
   * of 300 requests is the fourth largest of them.
   */
  @Test
  void stallIsSeenFromTheScheduleAndNotFromTheSending() {
    long stallAt = 100;
    Duration stall = Duration.ofMillis(600);
    try (StubModelServer server =
        StubModelServer.start((n, body) -> n == stallAt ? Answer.ok(ONE, stall) : Answer.ok(ONE))) {
      BenchPoint point =
          Loads.run(
              Loads.target(server),
              Loads.plan(
                  open(100, new Arrival.Constant(), 1, 1000),
                  Loads.lasting(Duration.ofSeconds(4))));

      assertThat(point.measured().ok()).isEqualTo(400);
      // the four slowest of 400 are those due at 0, 10, 20 and 30 ms of the stall
      double p99 = point.latency().at(0.99).nanos() / 1e6;
      assertThat(p99).isCloseTo(570, within(570 * 0.02));
      assertThat(point.timings().serviceFigures().at(0.99).nanos() / 1e6).isLessThan(100);
      assertThat(point.timings().service().getMaxValue() / 1e6).isCloseTo(600, within(30.0));
      assertThat(point.timings().sendLagFigures().at(0.99).nanos() / 1e6).isGreaterThan(500);
      // the stall is in the second in which the requests were due
      assertThat(point.windows()).hasSize(4);
      assertThat(point.windows().get(1).latency().getMaxValue() / 1e6).isGreaterThan(550);
      assertThat(point.windows().get(3).latency().getValueAtPercentile(90) / 1e6).isLessThan(100);
      assertThat(point.windows()).allSatisfy(window -> assertThat(window.due()).isEqualTo(100));
    }
  }

  @Test
  void closedLoopDoesNotSeeIt() {
    try (StubModelServer server =
        StubModelServer.start((n, body) -> Answer.ok(ONE, Duration.ofMillis(n == 100 ? 600 : 2)))) {
      BenchPoint point =
          Loads.run(
              Loads.target(server),
              Loads.plan(new Schedule.Closed(1), Loads.lasting(Duration.ofSeconds(2))));

      assertThat(point.latency().at(0.99).nanos() / 1e6).isLessThan(100);
      assertThat(point.latency().maxNanos() / 1e6).isGreaterThan(590);
    }
  }

  @Test
  void requestsThatFailNowAndThenAreCountedInTheirClass() {
    try (StubModelServer server =
        StubModelServer.start(
            (n, body) ->
                switch ((int) (n % 1000)) {
                  case 500 -> new Answer.Drop();
                  case 700 -> Answer.error(503, "{}");
                  default -> Answer.ok(ONE);
                })) {
      BenchPoint point =
          Loads.run(
              Loads.target(server),
              Loads.plan(
                  open(2000, new Arrival.Poisson(), 8, 1000),
                  new Extent(Duration.ZERO, java.util.Optional.empty(), OptionalLong.of(3000))));

      assertThat(point.measured().sent()).isEqualTo(3000);
      assertThat(point.measured().failed("closed")).isEqualTo(3);
      assertThat(point.measured().failed("http-503")).isEqualTo(3);
      assertThat(point.measured().ok()).isEqualTo(2994);
      assertThat(point.outcome()).isEqualTo(Outcome.FAIL);
      assertThat(point.windows().stream().mapToLong(Window::failed).sum()).isEqualTo(6);
    }
  }

  @Test
  void tooManyOutstandingRequestsFailInsteadOfWaitingInSilence() {
    try (StubModelServer server =
        StubModelServer.start((n, body) -> Answer.ok(ONE, Duration.ofMillis(500)))) {
      BenchPoint point =
          Loads.run(
              Loads.target(server),
              Loads.plan(
                  open(100, new Arrival.Constant(), 5, 10), Loads.lasting(Duration.ofSeconds(1))));

      // ten are taken at once, one for each that is answered after that
      assertThat(point.measured().sent()).isEqualTo(100);
      assertThat(point.measured().failed("overload")).isBetween(75L, 86L);
      assertThat(point.outcome()).isEqualTo(Outcome.FAIL);
    }
  }

  @Test
  void generatorThatIsHeldUpIsNotBelieved() {
    try (StubModelServer server = StubModelServer.start((n, body) -> Answer.ok(ONE));
        LoadGenerator generator = LoadGenerator.open(Loads.target(server), 1)) {
      LoadPlan plan =
          Loads.plan(
                  open(200, new Arrival.Constant(), 1, 1000), Loads.lasting(Duration.ofSeconds(2)))
              .with(slow());
      BenchPoint point = generator.run(plan, new HoldUp());

      assertThat(point.measured().failed()).isZero();
      assertThat(point.generator().keptUp()).isFalse();
      assertThat(point.outcome()).isEqualTo(Outcome.INCONCLUSIVE);
    }
  }

  @Test
  void eventIsReportedWithTheSecondsAroundIt() {
    LoadPlan still =
        Loads.plan(open(200, new Arrival.Poisson(), 4, 1000), Loads.lasting(Duration.ofSeconds(3)));
    LoadPlan plan =
        new LoadPlan(
            still.schedule(),
            still.extent(),
            Duration.ZERO,
            still.timeout(),
            still.requests(),
            still.expected(),
            List.of(new LoadEvent("echo reloaded; exit 3", Duration.ofMillis(1200))),
            java.util.Optional.empty());
    List<EventReport> heard = new ArrayList<>();
    LoadListener listener =
        new LoadListener() {
          @Override
          public void onEvent(EventReport event) {
            heard.add(event); // from one thread, and read when it is done
          }
        };
    try (StubModelServer server = StubModelServer.start((n, body) -> Answer.ok(ONE));
        LoadGenerator generator = LoadGenerator.open(Loads.target(server), 4)) {
      BenchPoint point = generator.run(plan, listener);

      assertThat(point.events()).hasSize(1);
      EventReport event = point.events().get(0);
      assertThat(event.exitStatus()).isEqualTo(OptionalInt.of(3));
      assertThat(event.output()).isEqualTo("reloaded");
      assertThat(event.at()).isBetween(Duration.ofMillis(1200), Duration.ofMillis(1700));
      Window around = point.around(event, Duration.ZERO, Duration.ZERO).orElseThrow();
      assertThat(around.start()).isEqualTo(Duration.ofSeconds(1));
      assertThat(around.due()).isPositive();
      assertThat(heard).hasSize(2);
    }
  }

  @Test
  void everySecondIsHeardOfWhileItGoesOn() {
    List<Snapshot> heard = new ArrayList<>();
    LoadListener listener =
        new LoadListener() {
          @Override
          public void onSnapshot(Snapshot snapshot) {
            heard.add(snapshot);
          }
        };
    try (StubModelServer server = StubModelServer.start((n, body) -> Answer.ok(ONE));
        LoadGenerator generator = LoadGenerator.open(Loads.target(server), 2)) {
      generator.run(
          Loads.plan(
              open(300, new Arrival.Constant(), 2, 100), Loads.lasting(Duration.ofMillis(2500))),
          listener);
    }
    assertThat(heard).hasSize(2);
    assertThat(heard.get(1).ok()).isBetween(200L, 400L);
    assertThat(heard.get(1).latency().getTotalCount()).isEqualTo(heard.get(1).ok());
  }

  // An expectation whose check holds up the event loop, as a processor taken away would.
  private static Expectations slow() {
    return new Expectations(
        List.of(
            Expectation.parse("right", ONE.getBytes(java.nio.charset.StandardCharsets.UTF_8), 1)),
        Tolerance.STANDARD);
  }

  /** Stands still on the thread of the load whenever it is told something there. */
  private static final class HoldUp implements LoadListener {
    @Override
    public void onChange(AnswerChange change) {
      long until = System.nanoTime() + 900_000_000;
      while (System.nanoTime() < until) {
        Thread.onSpinWait();
      }
    }
  }

  private static Schedule.Open open(
      double rate, Arrival arrival, int connections, int outstanding) {
    return new Schedule.Open(rate, arrival, 42, connections, outstanding);
  }
}
