package io.mlserve.usage;

import static io.mlserve.usage.Verdict.Kind.IN_USE;
import static io.mlserve.usage.Verdict.Kind.SAFE;
import static io.mlserve.usage.Verdict.Kind.UNKNOWN;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;

class UsageRuleTest {
  private static final Instant NOW = Instant.parse("2026-01-02T00:00:00Z");
  private static final Window DAY = new Window(NOW, Duration.ofHours(24));
  private static final ModelVersion VERSION = new ModelVersion("hp", "1");
  private static final Standing LOADED = new Standing(true, false, false, List.of());
  private static final List<String> SURE = List.of();

  @Test
  void versionThatNobodyAskedAndThatIsFullyKnownIsSafe() {
    assertThat(judge(idle(1), SURE)).isEqualTo(new Verdict(SAFE, "no request in 24 h"));
  }

  @Test
  void aSingleRequestIsUse() {
    assertThat(judge(traffic(1 / 3600.0, 1, Optional.empty(), 0), SURE))
        .isEqualTo(new Verdict(IN_USE, "a request in 24 h"));
  }

  @Test
  void lastRequestInTheWindowIsUseThoughNoRateShowsIt() {
    assertThat(judge(traffic(0, 0, Optional.of(NOW.minusSeconds(60)), 0), SURE).kind())
        .isEqualTo(IN_USE);
    assertThat(judge(traffic(0, 0, Optional.of(NOW.minusSeconds(86401)), 0), SURE).kind())
        .isEqualTo(SAFE);
  }

  @Test
  void clockThatIsAheadHidesNoRequest() {
    assertThat(judge(traffic(0, 0, Optional.of(NOW.plusSeconds(600)), 0), SURE).kind())
        .isEqualTo(IN_USE);
  }

  @Test
  void requestInFlightIsUse() {
    assertThat(judge(traffic(0, 0, Optional.empty(), 1), SURE).reason()).isEqualTo("1 in flight");
  }

  @Test
  void labelAndBeingTheOnlyOneAreUse() {
    Evidence.Traffic none = new Evidence.Traffic(0, 0, Optional.empty(), 0, Map.of());

    assertThat(judge(evidence(none, 1, new Standing(true, false, false, List.of("stable"))), SURE))
        .isEqualTo(new Verdict(IN_USE, "label 'stable' stands for it"));
    assertThat(judge(evidence(none, 1, new Standing(true, true, true, List.of())), SURE).kind())
        .isEqualTo(IN_USE);
    assertThat(judge(evidence(none, 1, new Standing(true, true, false, List.of())), SURE).kind())
        .isEqualTo(SAFE);
  }

  @Test
  void tooLittleDataIsUnknownAndNotSafe() {
    assertThat(judge(idle(0.2), SURE))
        .isEqualTo(new Verdict(UNKNOWN, "data for 20.0 % of 24 h (expected: 95 %)"));
    assertThat(judge(idle(Double.NaN), SURE).kind()).isEqualTo(UNKNOWN);
  }

  @Test
  void serverThatDoesNotAnswerMakesIdleUnknownButUsedStaysUsed() {
    List<String> doubts = List.of("b does not answer");

    assertThat(judge(idle(1), doubts)).isEqualTo(new Verdict(UNKNOWN, "b does not answer"));
    assertThat(judge(traffic(1, 9, Optional.empty(), 0), doubts).kind()).isEqualTo(IN_USE);
  }

  @Test
  void someTrafficMayBeAllowed() {
    UsageRule rule = new UsageRule(0.1, 0.95);

    assertThat(rule.judge(traffic(0.05, 180, Optional.of(NOW), 0), SURE, DAY).kind())
        .isEqualTo(SAFE);
    assertThat(rule.judge(traffic(0.11, 180, Optional.of(NOW), 0), SURE, DAY).kind())
        .isEqualTo(IN_USE);
  }

  @Test
  void reportIsSafeOnlyIfThereIsSomethingToSay() {
    assertThat(UsageRule.STRICT.judge(new Survey(List.of(), SURE), DAY).outcome())
        .isEqualTo(UNKNOWN);
    assertThat(report(idle(1)).outcome()).isEqualTo(SAFE);
    assertThat(report(idle(1), traffic(1, 1, Optional.empty(), 0)).outcome()).isEqualTo(IN_USE);
    assertThat(report(idle(0.5), traffic(1, 1, Optional.empty(), 0)).outcome()).isEqualTo(UNKNOWN);
  }

  /** Nothing that was not fully seen to be idle is ever safe. */
  @Property
  void safeMeansIdleAndKnown(
      @ForAll @DoubleRange(min = 0, max = 0.01) double peak,
      @ForAll @DoubleRange(min = 0, max = 3) double requests,
      @ForAll @DoubleRange(min = 0, max = 1) double coverage,
      @ForAll boolean doubt,
      @ForAll boolean labelled) {
    Standing standing = new Standing(true, false, false, labelled ? List.of("stable") : List.of());
    Evidence evidence =
        evidence(
            new Evidence.Traffic(peak, requests, Optional.empty(), 0, Map.of()),
            coverage,
            standing);

    boolean safe = judge(evidence, doubt ? List.of("?") : SURE).kind() == SAFE;

    assertThat(safe)
        .isEqualTo(peak == 0 && requests == 0 && coverage >= 0.95 && !doubt && !labelled);
  }

  @Test
  void numbersThatAreNoneAreUnknown() {
    assertThat(judge(traffic(Double.NaN, Double.NaN, Optional.empty(), 0), SURE).kind())
        .isEqualTo(UNKNOWN);
  }

  private static UsageReport report(Evidence... evidence) {
    return UsageRule.STRICT.judge(new Survey(List.of(evidence), SURE), DAY);
  }

  private static Verdict judge(Evidence evidence, List<String> doubts) {
    return UsageRule.STRICT.judge(evidence, doubts, DAY);
  }

  private static Evidence idle(double coverage) {
    return evidence(new Evidence.Traffic(0, 0, Optional.empty(), 0, Map.of()), coverage, LOADED);
  }

  private static Evidence traffic(
      double peak, double requests, Optional<Instant> last, double inFlight) {
    return evidence(new Evidence.Traffic(peak, requests, last, inFlight, Map.of()), 1, LOADED);
  }

  private static Evidence evidence(Evidence.Traffic traffic, double coverage, Standing standing) {
    return new Evidence(VERSION, traffic, coverage, standing);
  }
}
