package io.mlserve.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelNameTest {
  @ParameterizedTest
  @ValueSource(strings = {"a", "uci_housing", "7", "_x", "a.b-c_d", "A", "CON"})
  void lettersDigitsAndAFewMoreAreAName(String text) {
    assertThat(new ModelName(text)).hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", ".", "..", ".hidden", "-option", "a/b", "../x", "a b", "a\n", "\na", "a:b", "é",
        "a\u0000", "%2e", "<img>"
      })
  void whatCouldBeAPathOrASurpriseIsNone(String text) {
    assertThatThrownBy(() -> new ModelName(text))
        .isInstanceOfSatisfying(
            MlserveException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT))
        .hasMessageContaining("model name '" + text + "' (expected: ");
  }

  @Test
  void nameHasAtMost128Characters() {
    assertThat(new ModelName("a".repeat(128)).text()).hasSize(128);
    assertThatThrownBy(() -> new ModelName("a".repeat(129))).isInstanceOf(MlserveException.class);
  }
}
