package io.mlserve.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TargetTest {
  @Test
  void addressSaysHowTheServerIsSpokenTo() {
    assertThat(endpoint("http://localhost:8501/"))
        .isInstanceOfSatisfying(
            Endpoint.Http.class, http -> assertThat(http.port()).isEqualTo(8501));
    assertThat(endpoint("https://host/proxy"))
        .isInstanceOfSatisfying(
            Endpoint.Http.class,
            http -> {
              assertThat(http.port()).isEqualTo(443);
              assertThat(http.isSecure()).isTrue();
            });
    assertThat(endpoint("grpcs://host:8500"))
        .isEqualTo(new Endpoint.Grpc("grpcs://host:8500", "host", 8500, true));
    assertThat(endpoint("unix:///run/m.sock"))
        .isEqualTo(new Endpoint.Unix("unix:///run/m.sock", Path.of("/run/m.sock")));
    assertThat(endpoint("inproc:models/m.onnx"))
        .isEqualTo(new Endpoint.InProcess("inproc:models/m.onnx", Path.of("models/m.onnx")));
  }

  @Test
  void pathsAreThoseOfTensorFlowServing() {
    Target latest = Target.parse("http://localhost:8501/", "a model", OptionalLong.empty());
    Request request = Dialect.of(latest).request(Map.of());

    assertThat(((Request.Http) request).path()).isEqualTo("/v1/models/a%20model:predict");
  }

  @Test
  void apiThatTheServerDoesNotSpeakIsRefused() {
    assertThatThrownBy(
            () ->
                new Target(
                    Endpoint.parse("http://h:1"),
                    Api.V2_GRPC,
                    "m",
                    OptionalLong.empty(),
                    Access.PLAIN))
        .hasMessage("http://h:1 with the API v2-grpc (expected: tfs-rest)");
  }

  private static Endpoint endpoint(String text) {
    return Endpoint.parse(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost:8501", "ftp://host", "http:///x", "8501", "http://a b", ""})
  void whatIsNoAddressIsRefused(String base) {
    assertThatThrownBy(() -> Target.parse(base, "m", OptionalLong.empty()))
        .hasMessage(
            "'"
                + base
                + "' (expected: http://HOST:PORT, grpc://HOST:PORT, unix:///SOCKET or"
                + " inproc:MODEL)");
  }

  @Test
  void passwordIsRefusedAndNotRepeated() {
    assertThatThrownBy(() -> Target.parse("http://me:secret@host", "m", OptionalLong.empty()))
        .hasMessageContaining("host")
        .hasMessageNotContaining("secret");
  }
}
