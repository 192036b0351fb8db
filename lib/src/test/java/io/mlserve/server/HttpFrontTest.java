package io.mlserve.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlserve.fixtures.net.LoopbackClient.Answer;
import io.mlserve.fixtures.onnx.Models;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the HTTP port says to browsers. */
class HttpFrontTest {
  private static final String ORIGIN = "origin: https://page.example\r\n";

  @TempDir private Path folder;

  private Rig rig() {
    return new Rig(folder).put("m", 1, Models.halfPlus(1)).serve("m");
  }

  @Test
  void pagesMayAskWhereTheyAreAllowedTo() throws IOException {
    try (Rig rig = rig().cors().startReady()) {
      Answer preflight = rig.data("OPTIONS", "/v2/models/m/infer", ORIGIN, "");
      assertThat(preflight.status()).isEqualTo(200);
      assertThat(preflight.headers())
          .containsEntry("access-control-allow-origin", "*")
          .containsEntry("access-control-allow-methods", "POST, GET")
          .containsEntry(
              "access-control-allow-headers", "Content-Type, Inference-Header-Content-Length");
      Answer answer = rig.data("POST", "/v1/models/m:predict", ORIGIN, Rig.TWO);
      assertThat(answer.body()).isEqualTo(Rig.outputs("2.0"));
      assertThat(answer.headers()).containsEntry("access-control-allow-origin", "*");
      assertThat(rig.data("POST", "/v1/models/m:predict", ORIGIN, "{").headers())
          .containsEntry("access-control-allow-origin", "*");
    }
  }

  @Test
  void pagesAreNotMentionedOtherwise() throws IOException {
    try (Rig rig = rig().startReady()) {
      assertThat(rig.data("OPTIONS", "/v1/models/m:predict", ORIGIN, "").status()).isEqualTo(200);
      assertThat(rig.data("POST", "/v1/models/m:predict", ORIGIN, Rig.TWO).headers().keySet())
          .noneMatch(header -> header.startsWith("access-control"));
    }
  }
}
