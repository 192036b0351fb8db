package io.mlserve.bench.result;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlserve.bench.Arrival;
import io.mlserve.bench.BenchPoint;
import io.mlserve.bench.Extent;
import io.mlserve.bench.Schedule;
import io.mlserve.bench.result.PointFindings.Role;
import io.mlserve.bench.verdict.MaxSearch;
import io.mlserve.bench.verdict.Slo;
import io.mlserve.bench.verdict.StabilityRule;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class CampaignTest {
  private static final Extent EXTENT =
      new Extent(Duration.ofSeconds(1), Optional.of(Duration.ofSeconds(20)), OptionalLong.empty());
  private static final Schedule.Open OPEN =
      new Schedule.Open(1, new Arrival.Poisson(), 42, 64, 2000);

  private final List<Duration> lengths = new ArrayList<>();

  @Test
  void searchEndsWithAFullRunAtTheRateThatItNames() {
    Goals goals = goals(Optional.empty());
    // answers take five times as long from 500/s on
    Campaign campaign = new Campaign(goals, server(500), Campaign.Listener.NONE);

    Campaign.Outcome outcome = campaign.findMax(OPEN, EXTENT, new MaxSearch(100, 1e6));

    double rate = outcome.max().orElseThrow().rate().orElseThrow();
    assertThat(rate).isBetween(475.0, 500.0);
    int last = outcome.points().size() - 1;
    assertThat(outcome.findings().get(last).role()).isEqualTo(Role.CONFIRMATION);
    assertThat(outcome.findings().subList(0, last))
        .allMatch(findings -> findings.role() == Role.PROBE);
    assertThat(lengths.get(last)).isEqualTo(Duration.ofSeconds(20));
    assertThat(lengths.subList(0, last)).allMatch(Duration.ofSeconds(10)::equals);
  }

  @Test
  void failedProbesDoNotFailASearch() {
    Goals goals = goals(Optional.empty());
    Campaign.Outcome outcome =
        new Campaign(goals, server(500), Campaign.Listener.NONE)
            .findMax(OPEN, EXTENT, new MaxSearch(100, 1e6));

    Judge.Sum sum =
        Judge.sum(outcome.points(), outcome.findings(), outcome.max(), Optional.empty());

    assertThat(sum.outcome()).as("%s", sum.reasons()).isEqualTo(Outcome.PASS);
  }

  @Test
  void loadIsMeasuredUntilItIsSteady() {
    List<Double> slowness = new ArrayList<>(List.of(3.0, 2.0, 1.0, 1.0, 1.0, 1.0));
    Campaign campaign =
        new Campaign(
            goals(Optional.of(StabilityRule.STANDARD)),
            (schedule, extent) -> SampleResults.point(100, slowness.remove(0), 0, 1),
            Campaign.Listener.NONE);

    Campaign.Outcome outcome = campaign.sweep(List.of(OPEN), EXTENT);

    Stability stability = outcome.findings().get(0).stability().orElseThrow();
    assertThat(stability.stable()).isTrue();
    assertThat(stability.tries()).hasSize(5);
    assertThat(outcome.points()).hasSize(1);
  }

  @Test
  void loadThatIsNeverSteadyEndsUndecided() {
    double[] slowness = {1};
    Campaign campaign =
        new Campaign(
            goals(Optional.of(StabilityRule.STANDARD)),
            (schedule, extent) -> SampleResults.point(100, slowness[0] *= 1.5, 0, 1),
            Campaign.Listener.NONE);

    Campaign.Outcome outcome = campaign.sweep(List.of(OPEN), EXTENT);
    Judge.Sum sum =
        Judge.sum(outcome.points(), outcome.findings(), Optional.empty(), Optional.empty());

    assertThat(outcome.findings().get(0).stability().orElseThrow().tries()).hasSize(6);
    assertThat(sum.reasons()).contains("not stable after 6 measurements");
  }

  private Campaign.Runner server(double knee) {
    return (schedule, extent) -> {
      lengths.add(extent.duration().orElseThrow());
      double rate = ((Schedule.Open) schedule).ratePerSecond();
      BenchPoint point = SampleResults.point(Math.rint(rate), rate > knee ? 5 : 1, 0, 1);
      return lasting(point, extent.duration().orElseThrow());
    };
  }

  private static Goals goals(Optional<StabilityRule> stability) {
    return new Goals(List.of(Slo.parse("p99<20ms")), 0.99, stability, 6);
  }

  private static BenchPoint lasting(BenchPoint point, Duration elapsed) {
    return new BenchPoint(
        point.schedule(),
        point.startedAt(),
        point.measuredFrom(),
        elapsed,
        point.warmUp(),
        point.measured(),
        point.timings(),
        point.windows(),
        point.events(),
        point.answers(),
        point.generator(),
        point.reconnects(),
        point.server(),
        point.interrupted());
  }
}
