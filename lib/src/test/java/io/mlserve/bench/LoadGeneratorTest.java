package io.mlserve.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.mlserve.bench.BenchPoint.Outcome;
import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.fixtures.net.StubModelServer;
import io.mlserve.fixtures.net.StubModelServer.Answer;
import io.mlserve.model.ElementType;
import io.mlserve.model.Shape;
import io.mlserve.model.TensorSpec;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class LoadGeneratorTest {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final String ONE = "{\"predictions\": [2.5]}";
  private static final String TWO = "{\"predictions\": [3.5]}";

  @Test
  void everyRequestAskedForIsSentAndCounted() {
    try (StubModelServer server = StubModelServer.start((n, body) -> Answer.ok(ONE))) {
      BenchPoint report = run(server, plan(4, requests(1000), Expectations.NONE));

      assertThat(report.outcome()).isEqualTo(Outcome.PASS);
      assertThat(report.measured()).isEqualTo(new Counts(1000, 1000, List.of()));
      assertThat(report.latency().count()).isEqualTo(1000);
      assertThat(report.warmUp().sent()).isZero();
      assertThat(server.predictions()).isEqualTo(1000);
      assertThat(server.accepted()).isEqualTo(4);
      assertThat(report.reconnects()).isZero();
    }
  }

  @Test
  void warmUpIsSentButNotMeasured() {
    Extent extent = new Extent(Duration.ofMillis(500), Optional.empty(), OptionalLong.of(50));
    try (StubModelServer server = StubModelServer.start((n, body) -> Answer.ok(ONE))) {
      BenchPoint report = run(server, plan(2, extent, Expectations.NONE));

      assertThat(report.measured().sent()).isEqualTo(50);
      assertThat(report.warmUp().sent()).isPositive();
      assertThat(report.warmUp().sent() + 50).isEqualTo(server.predictions());
      assertThat(report.latency().count()).isEqualTo(50);
    }
  }

  @Test
  void runEndsWithItsDuration() {
    Extent extent =
        new Extent(Duration.ZERO, Optional.of(Duration.ofMillis(300)), OptionalLong.empty());
    try (StubModelServer server = StubModelServer.start((n, body) -> Answer.ok(ONE))) {
      BenchPoint report = run(server, plan(2, extent, Expectations.NONE));

      assertThat(report.elapsed()).isBetween(Duration.ofMillis(200), Duration.ofMillis(2000));
      assertThat(report.ratePerSecond())
          .isCloseTo(report.measured().ok() * 1e9 / report.elapsed().toNanos(), within(0.01));
    }
  }

  @Test
  void stallShowsInTheMaximum() {
    Duration stall = Duration.ofMillis(400);
    try (StubModelServer server =
        StubModelServer.start((n, body) -> n == 500 ? Answer.ok(ONE, stall) : Answer.ok(ONE))) {
      BenchPoint report = run(server, plan(1, requests(1000), Expectations.NONE));

      assertThat(report.latency().maxNanos()).isBetween(400_000_000L, 1_000_000_000L);
      assertThat(report.latency().at(0.5).nanos()).isLessThan(100_000_000L);
    }
  }

  @Test
  void delayOfTheServerIsTheLatency() {
    Duration delay = Duration.ofMillis(20);
    try (StubModelServer server = StubModelServer.start((n, body) -> Answer.ok(ONE, delay))) {
      BenchPoint report = run(server, plan(4, requests(100), Expectations.NONE));

      assertThat(report.latency().minNanos()).isGreaterThanOrEqualTo(20_000_000L);
      assertThat(report.latency().at(0.5).nanos()).isBetween(20_000_000L, 35_000_000L);
    }
  }

  @Test
  void droppedConnectionsAreCountedOneByOneAndTheRunGoesOn() {
    try (StubModelServer server =
        StubModelServer.start((n, body) -> n % 1000 == 999 ? new Answer.Drop() : Answer.ok(ONE))) {
      BenchPoint report = run(server, plan(4, requests(3500), Expectations.NONE));

      assertThat(report.measured().failed("closed")).isEqualTo(3);
      assertThat(report.measured().failed()).isEqualTo(3);
      assertThat(report.measured().ok()).isEqualTo(3497);
      assertThat(report.reconnects()).isEqualTo(3);
      assertThat(report.outcome()).isEqualTo(Outcome.FAIL);
    }
  }

  @Test
  void failuresAreKeptApartByClass() {
    try (StubModelServer server =
        StubModelServer.start(
            (n, body) ->
                switch ((int) n % 100) {
                  case 10 -> Answer.error(503, "{\"error\": \"not now\"}");
                  case 20 -> Answer.error(429, "{\"error\": \"too many\"}");
                  case 30 -> new Answer.Garbage();
                  case 40 -> Answer.ok("<html>hello</html>");
                  default -> Answer.ok(ONE);
                })) {
      BenchPoint report = run(server, plan(2, requests(1000), Expectations.NONE));

      assertThat(report.measured().failed("http-503")).isEqualTo(10);
      assertThat(report.measured().failed("http-429")).isEqualTo(10);
      assertThat(report.measured().failed("malformed")).isEqualTo(20);
      assertThat(report.measured().failed()).isEqualTo(40);
      FailureCount first = report.measured().failures().get(1);
      assertThat(first.label()).isEqualTo("http-503");
      assertThat(first.first().detail()).isEqualTo("{\"error\": \"not now\"}");
      assertThat(first.firstNanos()).isPositive();
    }
  }

  @Test
  void answerThatIsTooLateIsATimeoutOfItsOwn() {
    try (StubModelServer server =
        StubModelServer.start(
            (n, body) -> n == 50 ? Answer.ok(ONE, Duration.ofSeconds(20)) : Answer.ok(ONE))) {
      LoadPlan plan =
          new LoadPlan(
              new Schedule.Closed(1),
              requests(100),
              Duration.ofMillis(300),
              inputs("{}"),
              Expectations.NONE);

      BenchPoint report = run(server, plan);

      assertThat(report.measured().failed("timeout")).isEqualTo(1);
      assertThat(report.measured().ok()).isEqualTo(99);
    }
  }

  @Test
  void wrongAnswerFailsTheRunAndIsShown() {
    try (StubModelServer server =
        StubModelServer.start((n, body) -> Answer.ok(n == 70 ? "{\"predictions\": [9.5]}" : ONE))) {
      BenchPoint report = run(server, plan(2, requests(100), expect(ONE)));

      assertThat(report.measured().failed("wrong-answer")).isEqualTo(1);
      assertThat(report.measured().failures().get(0).first().detail()).contains("9.5");
      assertThat(report.outcome()).isEqualTo(Outcome.FAIL);
      assertThat(report.answers().matches().get(0).count()).isEqualTo(99);
    }
  }

  @Test
  void wrongAnswerInTheWarmUpFailsTheRunToo() {
    Extent extent = new Extent(Duration.ofMillis(500), Optional.empty(), OptionalLong.of(10));
    try (StubModelServer server =
        StubModelServer.start((n, body) -> Answer.ok(n == 0 ? TWO : ONE))) {
      BenchPoint report = run(server, plan(1, extent, expect(ONE)));

      assertThat(report.measured().failed()).isZero();
      assertThat(report.warmUp().failed("wrong-answer")).isEqualTo(1);
      assertThat(report.outcome()).isEqualTo(Outcome.FAIL);
    }
  }

  @Test
  void changeOfVersionIsSeenWithItsTimes() {
    try (StubModelServer server =
        StubModelServer.start((n, body) -> Answer.ok(n < 500 ? ONE : TWO))) {
      BenchPoint report = run(server, plan(4, requests(1000), expect(ONE, TWO)));

      assertThat(report.outcome()).isEqualTo(Outcome.PASS);
      MatchCount old = report.answers().matches().get(0);
      MatchCount young = report.answers().matches().get(1);
      assertThat(old.count()).isEqualTo(500);
      assertThat(young.count()).isEqualTo(500);
      assertThat(old.firstAnswerNanos()).isLessThan(young.firstAnswerNanos());
      assertThat(old.lastSentNanos()).isLessThan(young.lastSentNanos());
      assertThat(report.answers().changes())
          .extracting(AnswerChange::to)
          .containsExactly("version 0", "version 1");
    }
  }

  @Test
  void inputsAreSentInTurnAndEachHasItsOwnAnswer() {
    List<Request> inputs = inputs("{\"instances\": [1]}", "{\"instances\": [3]}");
    Expectation both =
        Expectation.parse("v1", (ONE + "\n" + TWO).getBytes(StandardCharsets.UTF_8), 2);
    LoadPlan plan =
        new LoadPlan(
            new Schedule.Closed(3),
            requests(300),
            SECOND,
            inputs,
            new Expectations(List.of(both), Tolerance.STANDARD));
    try (StubModelServer server =
        StubModelServer.start((n, body) -> Answer.ok(body.contains("[1]") ? ONE : TWO))) {
      BenchPoint report = run(server, plan);

      assertThat(report.measured().ok()).isEqualTo(300);
      assertThat(report.outcome()).isEqualTo(Outcome.PASS);
    }
  }

  @Test
  void deadServerIsTriedAgainWithPausesAndNotInALoop() {
    StubModelServer server = StubModelServer.start((n, body) -> Answer.ok(ONE));
    Extent extent =
        new Extent(Duration.ZERO, Optional.of(Duration.ofMillis(500)), OptionalLong.empty());
    try (LoadGenerator generator = LoadGenerator.open(target(server), 1)) {
      server.close();
      BenchPoint report = generator.run(plan(1, extent, Expectations.NONE), LoadListener.NONE);

      assertThat(report.measured().ok()).isZero();
      assertThat(report.measured().failed("connect")).isBetween(2L, 10L);
      assertThat(report.outcome()).isEqualTo(Outcome.FAIL);
    }
  }

  @Test
  void interruptedRunReportsWhatItHas() {
    Extent extent =
        new Extent(Duration.ZERO, Optional.of(Duration.ofSeconds(25)), OptionalLong.empty());
    Thread runner = Thread.currentThread();
    LoadListener interrupter =
        new LoadListener() {
          @Override
          public void onProgress(Duration sinceStart, Progress progress) {
            if (progress.ok() > 0) {
              runner.interrupt();
            }
          }
        };
    try (StubModelServer server = StubModelServer.start((n, body) -> Answer.ok(ONE));
        LoadGenerator generator = LoadGenerator.open(target(server), 2)) {
      BenchPoint report = generator.run(plan(2, extent, Expectations.NONE), interrupter);

      assertThat(Thread.interrupted()).isTrue();
      assertThat(report.outcome()).isEqualTo(Outcome.INTERRUPTED);
      assertThat(report.measured().ok()).isPositive();
      assertThat(report.measured().failed()).isZero();
      assertThat(report.measured().abandoned()).isBetween(0L, 2L);
    }
  }

  @Test
  void modelAndItsInputsAreDescribed() {
    try (StubModelServer server = StubModelServer.start((n, body) -> Answer.ok(ONE));
        LoadGenerator generator = LoadGenerator.open(target(server), 1)) {
      assertThat(generator.describe(SECOND).version()).contains("123");
      assertThat(generator.signature(SECOND).inputs())
          .containsExactly(new TensorSpec("x", ElementType.FLOAT, Shape.of(-1)));
    }
  }

  @Test
  void modelThatIsNotThereIsNotFound() {
    try (StubModelServer server = StubModelServer.start((n, body) -> Answer.ok(ONE));
        LoadGenerator generator =
            LoadGenerator.open(
                Target.parse(server.uri().toString(), "nobody", OptionalLong.empty()), 1)) {
      assertThatThrownBy(() -> generator.describe(SECOND))
          .isInstanceOfSatisfying(
              MlserveException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND))
          .hasMessageContaining("nobody");
    }
  }

  @Test
  void serverThatIsNotThereIsUnavailable() throws IOException {
    int free;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      free = socket.getLocalPort();
    }
    Target target = Target.parse("http://127.0.0.1:" + free, "m", OptionalLong.empty());
    try (LoadGenerator generator = LoadGenerator.open(target, 1)) {
      assertThatThrownBy(() -> generator.describe(SECOND))
          .isInstanceOfSatisfying(
              MlserveException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE));
    }
  }

  private static BenchPoint run(StubModelServer server, LoadPlan plan) {
    try (LoadGenerator generator =
        LoadGenerator.open(target(server), plan.schedule().connections())) {
      return generator.run(plan, LoadListener.NONE);
    }
  }

  private static Target target(StubModelServer server) {
    return Target.parse(server.uri().toString(), StubModelServer.MODEL, OptionalLong.empty());
  }

  private static LoadPlan plan(int connections, Extent extent, Expectations expected) {
    return new LoadPlan(
        new Schedule.Closed(connections),
        extent,
        Duration.ofSeconds(10),
        inputs("{\"instances\": [1]}"),
        expected);
  }

  private static Extent requests(long count) {
    return new Extent(Duration.ZERO, Optional.empty(), OptionalLong.of(count));
  }

  private static List<Request> inputs(String... bodies) {
    return Arrays.stream(bodies).map(Loads::predict).toList();
  }

  private static Expectations expect(String... answers) {
    List<Expectation> any = new ArrayList<>();
    for (String answer : answers) {
      any.add(
          Expectation.parse("version " + any.size(), answer.getBytes(StandardCharsets.UTF_8), 1));
    }
    return new Expectations(any, Tolerance.STANDARD);
  }
}
