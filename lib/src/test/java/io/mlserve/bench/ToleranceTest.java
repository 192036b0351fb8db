package io.mlserve.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ToleranceTest {
  private final Tolerance tolerance = new Tolerance(1e-3, 1e-3);

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"a\": 1.0, \"b\": [2.5]} | {\"b\": [2.5], \"a\": 1.0}",
        "[100.0] | [100.1]",
        "[0.0] | [0.0009]",
        "[2.0] | [2]",
        "[NaN, Infinity, -Infinity] | [NaN, Infinity, -Infinity]",
        "[12345678901234567890] | [12345678901234567890]",
        "[\"a\", true, null] | [\"a\", true, null]"
      })
  void agree(String expected, String actual) {
    assertThat(tolerance.agree(json(expected), json(actual))).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[100.0] | [100.2]",
        "[1000000] | [1000001]",
        "[1.0] | [1.0, 1.0]",
        "[1.0, 1.0] | [1.0]",
        "{\"a\": 1} | {\"b\": 1}",
        "{\"a\": 1} | {\"a\": 1, \"b\": 1}",
        "[Infinity] | [-Infinity]",
        "[Infinity] | [1.0]",
        "[1.0] | [NaN]",
        "[NaN] | [1.0]",
        "[\"1.0\"] | [1.0]",
        "[true] | [false]",
        "[null] | [0]"
      })
  void disagree(String expected, String actual) {
    assertThat(tolerance.agree(json(expected), json(actual))).isFalse();
  }

  private static JsonValue json(String text) {
    return JsonDocuments.value("test", text.getBytes(StandardCharsets.UTF_8));
  }
}
