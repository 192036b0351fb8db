package io.mlserve.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExpectationsTest {
  @Test
  void oneAnswerForEachInputIsNeeded() {
    assertThatThrownBy(() -> expectation("v1.json", "{\"p\": 1}", 2))
        .hasMessage("v1.json: 1 answers (expected: 2, one for each input)");
  }

  @Test
  void twoThatNoAnswerTellsApartAreRefused() {
    Expectation one = expectation("v1.json", "{\"p\": [1.0]}", 1);
    Expectation two = expectation("v2.json", "{\"p\": [1.0000001]}", 1);

    assertThatThrownBy(() -> new Expectations(List.of(one, two), Tolerance.STANDARD))
        .hasMessageContaining("v2.json: expects the same answers as v1.json");
  }

  @Test
  void oneInputThatTellsThemApartIsEnough() {
    Expectation one = expectation("v1.json", "{\"p\": [1.0]}\n{\"p\": [1.0]}", 2);
    Expectation two = expectation("v2.json", "{\"p\": [1.0]}\n{\"p\": [2.0]}", 2);

    assertThat(new Expectations(List.of(one, two), Tolerance.STANDARD).any()).hasSize(2);
  }

  private static Expectation expectation(String name, String text, int inputs) {
    return Expectation.parse(name, text.getBytes(StandardCharsets.UTF_8), inputs);
  }
}
