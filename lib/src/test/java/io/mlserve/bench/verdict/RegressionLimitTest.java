package io.mlserve.bench.verdict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mlserve.error.MlserveException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RegressionLimitTest {
  @ParameterizedTest
  @CsvSource({
    "p99:+5%, 0.00, -0.02, 0.02, PASS",
    "p99:+5%, -0.30, -0.35, -0.25, PASS",
    "p99:+5%, 0.04, 0.035, 0.045, PASS", // worse, but as much is allowed
    "p99:+5%, 0.10, 0.08, 0.12, FAIL",
    "p99:+5%, 0.06, 0.01, 0.11, FAIL",
    "p99:+5%, 0.06, -0.05, 0.17, NOT_ENOUGH", // may be noise, may be a regression
    "p99:+5%, 0.01, -0.10, 0.12, NOT_ENOUGH",
    "rate:-3%, 0.10, 0.08, 0.12, PASS",
    "rate:-3%, -0.10, -0.12, -0.08, FAIL",
    "rate:-3%, -0.01, -0.02, 0.00, PASS",
    "rate:-3%, -0.01, -0.10, 0.08, NOT_ENOUGH"
  })
  void passesOnlyWhenTheWholeIntervalIsAllowed(
      String limit, double change, double low, double high, Verdict verdict) {
    RegressionLimit parsed = RegressionLimit.parse(limit).get(0);
    Change measured = new Change(parsed.metric(), 1, 1 + change, change, low, high);

    assertThat(parsed.judge(measured)).isEqualTo(verdict);
  }

  @Test
  void severalLimitsHaveCommasBetweenThem() {
    assertThat(RegressionLimit.parse("p99:+5%, rate:-3%,errors:+0%"))
        .extracting(RegressionLimit::text)
        .containsExactly("p99:+5%", "rate:-3%", "errors:+0%");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "p99", "p99:5%", "p99:+5", "p99:-5%", "rate:+5%", "service.p99:+5%", "x:+1%"})
  void badLimitIsRefused(String text) {
    assertThatThrownBy(() -> RegressionLimit.parse(text))
        .isInstanceOf(MlserveException.class)
        .hasMessageContaining("(expected: ");
  }
}
