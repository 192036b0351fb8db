package io.mlserve.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlserve.fixtures.net.LoopbackClient;
import io.mlserve.fixtures.onnx.ElementType;
import io.mlserve.fixtures.onnx.Models;
import io.mlserve.fixtures.onnx.OnnxGraph;
import io.mlserve.version.VersionPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What requests feel of a switch. Times are printed; only what no machine's noise explains is
 * asserted. Names that start with a letter and a number are rows of the table in
 * docs/reload-failures.md.
 */
class SwitchTest {
  private static final long TOO_LONG = 5_000_000_000L;
  private static final String ROW = "{\"inputs\": [[" + "0,".repeat(1023) + "0]]}"; // for big ones

  @TempDir private Path folder;

  private Rig rig() {
    return new Rig(folder);
  }

  private static long nanos(Rig rig, String target, String body) throws IOException {
    long start = System.nanoTime();
    assertThat(rig.predict(target, body).status()).isEqualTo(200);
    return System.nanoTime() - start;
  }

  private static long[] sorted(Rig rig, String target, String body, int count) throws IOException {
    long[] times = new long[count];
    for (int i = 0; i < count; i++) {
      times[i] = nanos(rig, target, body);
    }
    Arrays.sort(times);
    return times;
  }

  @Test
  void a1OtherModelAnswersWhileOneLoads() throws IOException {
    try (Rig rig =
        rig()
            .put("big", 1, Models.big(1))
            .put("small", 1, Models.halfPlus(1))
            .serve("big")
            .serve("small")
            .startReady()) {
      long[] steady = sorted(rig, "small", Rig.TWO, 500);
      rig.put("big", 2, Models.big(200));
      Rig.until(() -> rig.status("big").contains("LOADING"));
      int answers = 0;
      long worst = 0;
      while (rig.status("big").contains("LOADING")) {
        worst = Math.max(worst, nanos(rig, "small", Rig.TWO));
        answers++;
      }
      System.out.printf(
          "steady p99 %.2f ms; while another model loads: %d answers, the slowest %.2f ms%n",
          steady[495] / 1e6, answers, worst / 1e6);
      assertThat(answers).isPositive();
      assertThat(worst).isLessThan(TOO_LONG);
    }
  }

  @Test
  void a2FirstRequestAfterASwitchFindsAWarmModel() throws IOException {
    try (Rig rig = rig().put("m", 1, Models.big(20)).serve("m").startReady()) {
      long[] steady = sorted(rig, "m", ROW, 50);
      rig.put("m", 2, Models.big(21));
      Rig.until(() -> rig.status("m").contains("\"version\":\"2\",\"state\":\"AVAILABLE\""));
      long first = nanos(rig, "m", ROW);
      System.out.printf(
          "median %.2f ms, first request after a switch %.2f ms%n", steady[25] / 1e6, first / 1e6);
      assertThat(rig.predict("m", ROW).version()).isEqualTo(2);
      assertThat(first).isLessThan(TOO_LONG);
    }
  }

  @Test
  void a3HealthAnswersDuringALoad() throws IOException {
    try (Rig rig = rig().put("m", 1, Models.big(1)).serve("m").startReady()) {
      rig.put("m", 2, Models.big(200));
      Rig.until(() -> rig.status("m").contains("LOADING"));
      int answers = 0;
      while (rig.status("m").contains("LOADING")) {
        assertThat(rig.get("/livez").status()).isEqualTo(200);
        assertThat(rig.get("/readyz").status()).isEqualTo(200);
        answers++;
      }
      assertThat(answers).isPositive();
    }
  }

  @Test
  void a4RequestsAreAsFastAfterManyReloads() throws IOException {
    int reloads = Integer.getInteger("mlserve.a4.reloads", 100);
    try (Rig rig = rig().put("m", 1, Models.halfPlus(1)).serve("m").startReady()) {
      sorted(rig, "m", Rig.TWO, 2000); // compiled
      long before = sorted(rig, "m", Rig.TWO, 500)[250];
      for (int i = 1; i <= reloads; i++) {
        assertThat(rig.admin("POST", "models/m/versions/1/unload", "").status()).isEqualTo(200);
        assertThat(rig.admin("POST", "models/m/versions/1/load", "").status()).isEqualTo(200);
      }
      long after = sorted(rig, "m", Rig.TWO, 500)[250];
      System.out.printf(
          "median %.3f ms before, %.3f ms after %d reloads%n", before / 1e6, after / 1e6, reloads);
      assertThat(after).isLessThan(20 * before + 20_000_000);
    }
  }

  @Test
  void a6WarmUpThatFailsIsNamedAndTakesNoTraffic() throws IOException {
    // Reshape to [2, -1] cannot be done with the single zero of the warm-up.
    var odd =
        new OnnxGraph("odd")
            .input("x", ElementType.FLOAT, -1)
            .output("y", ElementType.FLOAT, -1)
            .longs("two", List.of(2L), 2, -1)
            .longs("flat", List.of(1L), -1)
            .node("Reshape", List.of("x", "two"), "pairs")
            .node("Reshape", List.of("pairs", "flat"), "y")
            .toModel(Map.of());
    try (Rig rig = rig().put("m", 1, Models.halfPlus(1)).serve("m").startReady()) {
      rig.put("m", 2, odd);
      Rig.until(() -> rig.status("m").contains("warm-up run with zeros of shape {x=[1]} failed"));
      assertThat(rig.predict("m").version()).isEqualTo(1);
    }
  }

  @Test
  void a8OldVersionAnswersUntilTheNewOneDoes() throws IOException {
    try (Rig rig = rig().put("m", 1, Models.big(1)).serve("m").startReady()) {
      rig.put("m", 2, Models.big(150));
      long version = 1;
      while (version == 1) {
        var answer = rig.predict("m", ROW);
        assertThat(answer.status()).isEqualTo(200);
        version = answer.version();
      }
      assertThat(version).isEqualTo(2);
    }
  }

  @Test
  void a12IndexIsAnsweredFromMemory() throws IOException {
    try (Rig rig =
        rig()
            .put("m", 1, Models.halfPlus(1))
            .serve("m", new VersionPolicy.All(), Map.of())
            .startReady()) {
      Files.move(folder.resolve("m"), folder.resolve("away"));
      try (LoopbackClient client = new LoopbackClient(rig.server().adminPort().orElseThrow())) {
        assertThat(client.post("/v2/repository/index", "").body()).contains("\"READY\"");
      }
    }
  }
}
