package io.mlserve.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlserve.bench.BenchPoint.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class BenchPointTest {
  private static final Counts GOOD = new Counts(10, 10, List.of());
  private static final Counts BAD =
      new Counts(
          10, 9, List.of(new FailureCount("http-503", 1, 5, Failure.status(503, "not now"))));
  private static final GeneratorHealth FAST =
      new GeneratorHealth(1000, 1, 1, 1, 0, 0.5, Duration.ZERO, Duration.ZERO);
  private static final GeneratorHealth SLOW =
      new GeneratorHealth(1000, 1, 1, 1, 0.5, 0.5, Duration.ZERO, Duration.ZERO);

  @Test
  void nothingWrongPasses() {
    BenchPoint report = report(GOOD, GOOD, FAST, false);

    assertThat(report.outcome()).isEqualTo(Outcome.PASS);
    assertThat(report.reasons()).isEmpty();
    assertThat(report.ratePerSecond()).isEqualTo(5);
  }

  @Test
  void failureFailsAlsoInTheWarmUp() {
    assertThat(report(GOOD, BAD, FAST, false).outcome()).isEqualTo(Outcome.FAIL);
    assertThat(report(BAD, GOOD, FAST, false).outcome()).isEqualTo(Outcome.FAIL);
    assertThat(report(BAD, GOOD, FAST, false).reasons())
        .containsExactly("1 of 10 requests of the warm-up failed");
  }

  @Test
  void slowGeneratorNeverPasses() {
    assertThat(report(GOOD, GOOD, SLOW, false).outcome()).isEqualTo(Outcome.INCONCLUSIVE);
    assertThat(report(GOOD, BAD, SLOW, false).outcome()).isEqualTo(Outcome.FAIL);
  }

  @Test
  void nothingMeasuredIsInconclusive() {
    assertThat(report(GOOD, Counts.NONE, FAST, false).outcome()).isEqualTo(Outcome.INCONCLUSIVE);
  }

  @Test
  void interruptionIsSaidWhateverElseHappened() {
    assertThat(report(GOOD, BAD, FAST, true).outcome()).isEqualTo(Outcome.INTERRUPTED);
  }

  private static BenchPoint report(
      Counts warmUp, Counts measured, GeneratorHealth generator, boolean interrupted) {
    return new BenchPoint(
        new Schedule.Closed(1),
        Instant.EPOCH,
        Duration.ofSeconds(1),
        Duration.ofSeconds(2),
        warmUp,
        measured,
        new Timings(new Histogram(3), new Histogram(3), new Histogram(3)),
        List.of(),
        List.of(),
        new BenchPoint.Answers(List.of(), List.of()),
        generator,
        0,
        Optional.empty(),
        interrupted);
  }
}
