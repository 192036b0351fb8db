package io.mlserve.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TargetTest {
  @Test
  void pathsAreThoseOfTensorFlowServing() {
    Target latest = Target.parse("http://localhost:8501/", "a model", OptionalLong.empty());
    Target second = Target.parse("https://host/proxy", "m", OptionalLong.of(2));

    assertThat(latest.predictPath()).isEqualTo("/v1/models/a%20model:predict");
    assertThat(latest.port()).isEqualTo(8501);
    assertThat(second.metadataPath()).isEqualTo("/proxy/v1/models/m/versions/2/metadata");
    assertThat(second.port()).isEqualTo(443);
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost:8501", "ftp://host", "http:///x", "8501", "http://a b", ""})
  void whatIsNoHttpAddressIsRefused(String base) {
    assertThatThrownBy(() -> Target.parse(base, "m", OptionalLong.empty()))
        .hasMessage("'" + base + "' (expected: http://HOST:PORT)");
  }

  @Test
  void passwordIsRefusedAndNotRepeated() {
    assertThatThrownBy(() -> Target.parse("http://me:secret@host", "m", OptionalLong.empty()))
        .hasMessageContaining("host")
        .hasMessageNotContaining("secret");
  }
}
