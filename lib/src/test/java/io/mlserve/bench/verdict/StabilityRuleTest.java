package io.mlserve.bench.verdict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mlserve.bench.verdict.StabilityRule.Measurement;
import io.mlserve.error.MlserveException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StabilityRuleTest {
  private final StabilityRule rule = StabilityRule.STANDARD;

  @Test
  void lastThreeMustAgree() {
    List<Measurement> settling =
        List.of(
            new Measurement(50, 9e6),
            new Measurement(100, 5e6),
            new Measurement(105, 5.2e6),
            new Measurement(109, 5.4e6));

    assertThat(rule.isMetBy(settling.subList(0, 3))).isFalse();
    assertThat(rule.isMetBy(settling)).isTrue();
  }

  @Test
  void latencyMustAgreeToo() {
    Measurement fast = new Measurement(100, 5e6);

    assertThat(rule.isMetBy(List.of(fast, fast, new Measurement(100, 6e6)))).isFalse();
    assertThat(rule.isMetBy(List.of(fast, fast))).isFalse();
    assertThat(rule.isMetBy(List.of(fast, fast, fast))).isTrue();
  }

  @Test
  void nothingMeasuredIsNotSteady() {
    Measurement none = new Measurement(0, 0);

    assertThat(rule.isMetBy(List.of(none, none, none))).isFalse();
  }

  @Test
  void readsItsParts() {
    assertThat(StabilityRule.parse("")).isEqualTo(rule);
    assertThat(StabilityRule.parse("windows=5,within=2.5%")).isEqualTo(new StabilityRule(5, 0.025));
  }

  @ParameterizedTest
  @ValueSource(strings = {"windows=1", "windows=x", "within=10", "within=0%", "5", "a=b", ","})
  void badPartsAreRefused(String text) {
    assertThatThrownBy(() -> StabilityRule.parse(text))
        .isInstanceOf(MlserveException.class)
        .hasMessageStartingWith("'" + text + "' (expected: ");
  }
}
