package io.mlserve.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlserve.fixtures.net.LoopbackClient;
import io.mlserve.fixtures.net.LoopbackClient.Answer;
import io.mlserve.fixtures.onnx.Models;
import io.mlserve.version.VersionPolicy;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What operators ask of a running server. Names that start with a letter and a number are rows of
 * the table in docs/reload-failures.md.
 */
class ControlTest {
  @TempDir private Path folder;

  private Rig rig() {
    return new Rig(folder);
  }

  @Test
  void d1MissingModelHoldsUpNoOther() throws IOException {
    try (Rig rig =
        rig().put("good", 1, Models.halfPlus(1)).serve("missing").serve("good").start()) {
      rig.untilAnswer("good", "2.0");
      Answer ready = rig.get("/readyz");
      assertThat(ready.status()).isEqualTo(503);
      assertThat(ready.body()).contains("missing").doesNotContain("good");
    }
  }

  @Test
  void d2BadModelInTheRepositoryDoesNotEndTheServer() throws IOException {
    Files.createDirectories(folder.resolve("repo/lost+found"));
    Files.createDirectories(folder.resolve("repo/with space/1"));
    Files.createDirectories(folder.resolve("repo/empty"));
    try (Rig rig =
        rig()
            .put("repo/bad", 1, Models.corrupt())
            .put("repo/good", 1, Models.halfPlus(1))
            .repository("repo")
            .start()) {
      rig.untilAnswer("good", "2.0");
      Rig.until(() -> rig.status("bad").contains("DATA_LOSS"));
      assertThat(rig.get("/livez").status()).isEqualTo(200);
    }
  }

  @Test
  void d3ReadinessSaysWhichModelsAreMissing() throws IOException {
    try (Rig rig =
        rig()
            .put("bad", 1, Models.corrupt())
            .put("good", 1, Models.halfPlus(1))
            .serve("bad")
            .serve("good")
            .start()) {
      rig.untilAnswer("good", "2.0");
      assertThat(rig.get("/readyz").body()).contains("\"models\": [\"bad\"]");
    }
  }

  @Test
  void h3ModelThatTurnsUpInTheRepositoryIsServed() throws IOException {
    try (Rig rig = rig().put("repo/one", 1, Models.halfPlus(1)).repository("repo").startReady()) {
      rig.put("repo/two", 1, Models.halfPlus(2));
      rig.untilAnswer("two", "3.0");
      assertThat(rig.get("/readyz").status()).isEqualTo(200);
    }
  }

  @Test
  void e1FailedLoadIsAnsweredWithItsReason() throws IOException {
    try (Rig rig = rig().put("m", 1, Models.halfPlus(1)).serve("m").startReady()) {
      rig.put("m", 2, Models.corrupt());
      Rig.until(() -> rig.status("m").contains("DATA_LOSS"));
      Answer answer = rig.admin("POST", "models/m/load", "");
      assertThat(answer.status()).isEqualTo(500);
      assertThat(answer.body()).contains("cannot load model.onnx");
      assertThat(rig.predict("m").body()).isEqualTo(Rig.outputs("2.0"));
    }
  }

  @Test
  void e2RequestDoesNotWaitForTheNextLook() throws IOException {
    try (Rig rig = rig().put("m", 1, Models.halfPlus(1)).serve("m").startReady()) {
      assertThat(rig.admin("POST", "models/m/unload", "").status()).isEqualTo(200);
      assertThat(rig.predict("m").status()).isEqualTo(404);
      assertThat(rig.admin("POST", "models/m/load", "").status()).isEqualTo(200);
      assertThat(rig.predict("m").body()).isEqualTo(Rig.outputs("2.0"));
    }
  }

  @Test
  void e3StatusAnswersDuringALoad() throws IOException {
    try (Rig rig = rig().put("m", 1, Models.halfPlus(1)).serve("m").startReady()) {
      rig.put("m", 2, Models.big(150));
      Rig.until(() -> rig.status("m").contains("LOADING"));
      assertThat(rig.admin("GET", "status", "").status()).isEqualTo(200);
      assertThat(rig.predict("m").body()).isEqualTo(Rig.outputs("2.0"));
    }
  }

  @Test
  void e5ConcurrentLoadsLoadOnce() throws Exception {
    try (Rig rig = rig().put("m", 1, Models.big(40)).serve("m").startReady()) {
      assertThat(rig.admin("POST", "models/m/unload", "").status()).isEqualTo(200);
      double before = loads(rig);
      List<CompletableFuture<Integer>> all = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        all.add(CompletableFuture.supplyAsync(() -> load(rig)));
      }
      for (CompletableFuture<Integer> one : all) {
        assertThat(one.get(30, TimeUnit.SECONDS)).isEqualTo(200);
      }
      assertThat(loads(rig)).isEqualTo(before + 1);
    }
  }

  private static int load(Rig rig) {
    try (LoopbackClient client = new LoopbackClient(rig.server().adminPort().orElseThrow())) {
      return client.request("POST", "/admin/v1/models/m/load", "", "").status();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static double loads(Rig rig) throws IOException {
    String series = "mlserve_model_loads_total{model=\"m\",result=\"ok\",} ";
    return rig.get("/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith(series))
        .mapToDouble(line -> Double.parseDouble(line.substring(series.length())))
        .sum();
  }

  @Test
  void e6UnloadingTwiceIsUnloadingOnce() throws IOException {
    try (Rig rig = rig().put("m", 1, Models.halfPlus(1)).serve("m").startReady()) {
      for (int i = 0; i < 2; i++) {
        assertThat(rig.admin("POST", "models/m/unload", "").status()).isEqualTo(200);
        assertThat(rig.admin("POST", "models/m/versions/1/unload", "").status()).isEqualTo(200);
      }
      assertThat(rig.admin("POST", "models/nobody/unload", "").status()).isEqualTo(404);
    }
  }

  @Test
  void e7ServerStopsDuringALoad() throws IOException {
    long start;
    try (Rig rig = rig().put("m", 1, Models.halfPlus(1)).serve("m").startReady()) {
      rig.put("m", 2, Models.big(200));
      Rig.until(() -> rig.status("m").contains("LOADING"));
      start = System.nanoTime();
    }
    assertThat(System.nanoTime() - start).isLessThan(60_000_000_000L);
  }

  @Test
  void e9FailedVersionIsNotShownAsLoading() throws IOException {
    try (Rig rig = rig().put("m", 1, Models.corrupt()).serve("m").start()) {
      Rig.until(() -> rig.status("m").contains("\"state\":\"END\""));
      assertThat(rig.admin("GET", "models/m", "").body())
          .contains("\"state\" : \"END\"", "\"reason\" : \"cannot load model.onnx");
    }
  }

  @Test
  void e10IndexAndRoutesAgreeAfterAnUnload() throws IOException {
    try (Rig rig =
        rig()
            .put("m", 1, Models.halfPlus(1))
            .put("m", 2, Models.halfPlus(2))
            .serve("m", new VersionPolicy.All(), Map.of())
            .startReady()) {
      rig.untilAnswer("m/versions/1", "2.0");
      assertThat(rig.admin("POST", "models/m/unload", "").status()).isEqualTo(200);
      assertThat(rig.predict("m").status()).isEqualTo(404);
      try (LoopbackClient client = new LoopbackClient(rig.server().adminPort().orElseThrow())) {
        assertThat(client.post("/v2/repository/index", "").body())
            .contains("UNAVAILABLE")
            .doesNotContain("\"READY\"");
      }
    }
  }

  @Test
  void e11WrongConfigurationChangesNothing() throws IOException {
    try (Rig rig =
        rig()
            .put("a", 1, Models.halfPlus(1))
            .put("b", 1, Models.halfPlus(2))
            .config("models: [{name: a, path: a}]")
            .startReady()) {
      rig.config("models: [{name: b, path: b}, {name: c}]");
      Rig.until(() -> metric(rig, "mlserve_config_reloads_total{result=\"error\",} ") >= 1);
      assertThat(rig.predict("a").body()).isEqualTo(Rig.outputs("2.0"));
      assertThat(rig.predict("b").status()).isEqualTo(404);
      rig.config("models: [{name: b, path: b}]");
      rig.untilAnswer("b", "3.0");
      Rig.until(() -> rig.predict("a").status() == 404);
    }
  }

  private static double metric(Rig rig, String series) throws IOException {
    return rig.get("/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith(series))
        .mapToDouble(line -> Double.parseDouble(line.substring(series.length())))
        .sum();
  }

  @Test
  void e12ConfigurationCanBeReadBackAndPlanned() throws IOException {
    try (Rig rig =
        rig()
            .put("a", 1, Models.halfPlus(1))
            .put("b", 1, Models.halfPlus(2))
            .config("models: [{name: a, path: a, versions: {latest: 2}, labels: {live: 1}}]")
            .startReady()) {
      String back = rig.admin("GET", "config", "").body();
      assertThat(back).contains("\"latest\" : 2", "\"live\" : 1");
      Answer same = rig.admin("POST", "config/plan", back);
      assertThat(same.body()).contains("\"keep\" : [ \"a\" ]", "\"remove\" : [ ]");
      Answer plan = rig.admin("POST", "config/plan", "models: [{name: b, path: " + folder + "/b}]");
      assertThat(plan.body()).contains("\"applied\" : false", "\"remove\" : [ \"a\" ]");
      assertThat(rig.predict("b").status()).isEqualTo(404);
      Answer done =
          rig.admin("POST", "config/apply", "models: [{name: b, path: " + folder + "/b}]");
      assertThat(done.status()).isEqualTo(200);
      assertThat(rig.predict("b").body()).isEqualTo(Rig.outputs("3.0"));
    }
  }

  @Test
  void f8AbsentModelOfAConfigurationInTensorFlowsWords() throws IOException {
    try (Rig rig =
        rig()
            .put("m", 1, Models.halfPlus(1))
            .put("m", 2, Models.halfPlus(2))
            .config(
                "model_config_list { config { name: 'm' base_path: '"
                    + folder
                    + "/m' model_version_policy { specific { versions: 1 } }"
                    + " version_labels { key: 'stable' value: 1 } } }")
            .startReady()) {
      assertThat(rig.predict("m").body()).isEqualTo(Rig.outputs("2.0"));
      assertThat(rig.predict("m/labels/stable").body()).isEqualTo(Rig.outputs("2.0"));
    }
  }

  @Test
  void g1ReloadNeverChangesReadiness() throws Exception {
    try (Rig rig = rig().put("m", 1, Models.halfPlus(1)).serve("m").startReady()) {
      for (int version = 2; version < 12; version++) {
        rig.put("m", version, version % 3 == 0 ? Models.corrupt() : Models.halfPlus(version));
        for (int i = 0; i < 20; i++) {
          assertThat(rig.get("/readyz").status()).isEqualTo(200);
        }
      }
    }
  }

  @Test
  void g5LivenessAnswersBeforeAnyModelIsThere() throws IOException {
    try (Rig rig = rig().serve("nothing").start()) {
      assertThat(rig.get("/livez").status()).isEqualTo(200);
      assertThat(rig.get("/readyz").status()).isEqualTo(503);
    }
  }

  @Test
  void tokenIsAskedForAndReadAnew() throws IOException {
    Path token = Files.writeString(folder.resolve("token"), "first\n");
    try (Rig rig = rig().put("m", 1, Models.halfPlus(1)).serve("m").token(token).startReady()) {
      assertThat(rig.admin("GET", "status", "").status()).isEqualTo(401);
      assertThat(rig.admin("GET", "status", "authorization: Bearer wrong\r\n", "").status())
          .isEqualTo(401);
      assertThat(rig.admin("GET", "status", "authorization: Bearer first\r\n", "").status())
          .isEqualTo(200);
      Files.writeString(token, "second");
      assertThat(rig.admin("GET", "status", "authorization: Bearer first\r\n", "").status())
          .isEqualTo(401);
      assertThat(rig.admin("GET", "status", "authorization: bearer second\r\n", "").status())
          .isEqualTo(200);
    }
  }

  @Test
  void pagesOfOtherOriginsAreKeptOut() throws IOException {
    try (Rig rig = rig().put("m", 1, Models.halfPlus(1)).serve("m").startReady()) {
      assertThat(
              rig.admin("POST", "models/m/unload", "origin: http://evil.example\r\n", "").status())
          .isEqualTo(403);
      assertThat(rig.admin("GET", "status", "origin: http://localhost\r\n", "").status())
          .isEqualTo(200);
      assertThat(rig.predict("m").status()).isEqualTo(200);
    }
  }

  @Test
  void nameThatSomebodyMadeLeadHereIsNotTaken() throws IOException {
    try (Rig rig = rig().put("m", 1, Models.halfPlus(1)).serve("m").startReady()) {
      int port = rig.server().adminPort().orElseThrow();
      assertThat(statusLine(port, "evil.example:" + port)).startsWith("HTTP/1.1 403");
      for (String host : List.of("127.0.0.1:" + port, "localhost", "[::1]:" + port)) {
        assertThat(statusLine(port, host)).startsWith("HTTP/1.1 200");
      }
    }
  }

  private static String statusLine(int port, String host) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      String ask = "GET /admin/v1/status HTTP/1.1\r\nhost: " + host + "\r\n\r\n";
      socket.getOutputStream().write(ask.getBytes(StandardCharsets.US_ASCII));
      BufferedReader reader =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
      return String.valueOf(reader.readLine());
    }
  }

  @Test
  void wrongPathsAndMethodsAreRefused() throws IOException {
    try (Rig rig = rig().put("m", 1, Models.halfPlus(1)).serve("m").startReady()) {
      assertThat(rig.admin("GET", "nothing", "").status()).isEqualTo(404);
      Answer wrong = rig.admin("GET", "models/m/unload", "");
      assertThat(wrong.status()).isEqualTo(405);
      assertThat(wrong.headers()).containsEntry("allow", "POST");
      assertThat(rig.admin("POST", "models/m/versions/99999999999999999999/load", "").status())
          .isEqualTo(400);
      assertThat(rig.admin("PUT", "models/m/labels/x", "{}").status()).isEqualTo(400);
      assertThat(rig.admin("POST", "config/plan", "models: 7").status()).isEqualTo(400);
    }
  }
}
