package io.mlserve.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlserve.fixtures.net.LoopbackClient.Answer;
import io.mlserve.fixtures.onnx.Models;
import io.mlserve.metrics.Exposition;
import io.mlserve.metrics.ForeignNames;
import io.mlserve.metrics.Sample;
import io.mlserve.metrics.ServingMetrics;
import io.mlserve.store.ContentDigest;
import io.mlserve.version.VersionPolicy;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Who used which version, and may it go. Names that start with a letter and a number are the
 * acceptance cases that TensorFlow Serving's users lack.
 */
class TrafficTest {
  private static final String FORK = ":tensorflow:serving:model_call_count";

  @TempDir private Path folder;

  private MetricsOptions shown(Optional<Path> state) {
    return new MetricsOptions(
        ServingMetrics.RETAIN,
        state,
        Set.of(ForeignNames.TFS_FORK),
        Map.of(),
        new TreeMap<>(Map.of("version", "1.2.3")),
        List.of());
  }

  /** Versions 1 and 2 of hp, of which 1 is called stable. */
  private Rig rig() {
    return again(new Rig(folder).put("hp", 1, Models.halfPlus(1)).put("hp", 2, Models.halfPlus(2)));
  }

  private Rig again(Rig rig) {
    return rig.serve("hp", new VersionPolicy.All(), Map.of("stable", 1L))
        .shown(shown(Optional.empty()));
  }

  private static Rig ready(Rig rig) {
    rig.startReady();
    rig.untilState(1);
    rig.untilState(2);
    return rig;
  }

  private static Exposition scrape(Rig rig) throws IOException {
    return Exposition.parse(rig.get("/metrics").body());
  }

  private static double sum(Exposition scrape, String name, Map<String, String> labels) {
    return scrape
        .samples(name)
        .filter(sample -> fits(sample, labels))
        .mapToDouble(Sample::value)
        .sum();
  }

  private static boolean fits(Sample sample, Map<String, String> labels) {
    return labels.entrySet().stream()
        .allMatch(label -> sample.label(label.getKey()).equals(label.getValue()));
  }

  private static double requests(Exposition scrape, Map<String, String> labels) {
    return sum(scrape, "mlserve_requests_total", labels);
  }

  @Test
  void b1SeriesOfEveryVersionExistBeforeItsFirstRequest() throws IOException {
    try (Rig rig = ready(rig())) {
      Exposition scrape = scrape(rig);
      for (String version : new String[] {"1", "2"}) {
        Map<String, String> labels = Map.of("model", "hp", "version", version);
        assertThat(scrape.samples("mlserve_requests_total").filter(each -> fits(each, labels)))
            .hasSize(12); // protocols times selectors
        assertThat(requests(scrape, labels)).isZero();
        assertThat(sum(scrape, "mlserve_model_loaded", labels)).isEqualTo(1);
        assertThat(sum(scrape, "mlserve_model_memory_bytes", labels)).isPositive();
        assertThat(sum(scrape, "mlserve_model_info", labels)).isEqualTo(1);
        assertThat(sum(scrape, "mlserve_model_last_request_timestamp_seconds", labels)).isZero();
        assertThat(rig.get("/monitoring/prometheus/metrics").body())
            .contains(FORK + "{model_name=\"hp\",model_version=\"" + version + "\",} 0.0");
      }
      assertThat(rig.get("/metrics").body()).contains("mlserve_build_info{version=\"1.2.3\",} 1.0");
    }
  }

  @Test
  void b2RequestsAreChargedToTheVersionThatAnswersAndToTheWayItWasAddressed() throws IOException {
    try (Rig rig = ready(rig())) {
      for (int i = 0; i < 2; i++) {
        assertThat(rig.predict("hp").version()).isEqualTo(2);
      }
      for (int i = 0; i < 3; i++) {
        assertThat(rig.predict("hp/versions/1").status()).isEqualTo(200);
      }
      assertThat(rig.predict("hp/labels/stable").version()).isEqualTo(1);
      Rig.until(() -> requests(scrape(rig), Map.of("code", "OK")) == 6);
      Exposition scrape = scrape(rig);
      assertThat(requests(scrape, Map.of("version", "2", "selector", "default"))).isEqualTo(2);
      assertThat(requests(scrape, Map.of("version", "2"))).isEqualTo(2);
      assertThat(requests(scrape, Map.of("version", "1", "selector", "version"))).isEqualTo(3);
      assertThat(requests(scrape, Map.of("version", "1", "selector", "label"))).isEqualTo(1);
      assertThat(requests(scrape, Map.of("version", "1"))).isEqualTo(4);
      assertThat(sum(scrape, FORK, Map.of("model_version", "2"))).isEqualTo(2);
      assertThat(sum(scrape, FORK, Map.of("model_version", "1"))).isEqualTo(4);
      assertThat(sum(scrape, "mlserve_inferences_total", Map.of("version", "1"))).isEqualTo(4);
      String traffic = rig.admin("GET", "traffic?model=hp&version=1", "").body();
      assertThat(traffic.replaceAll("\\s", ""))
          .contains("\"requests\":4,\"failures\":0")
          .contains("\"requests_by\":{\"default\":0,\"label\":1,\"version\":3}")
          .contains("\"labels\":[\"stable\"]")
          .doesNotContain("\"version\":2,");
    }
  }

  @Test
  void b3OnlyInferenceIsUse() throws IOException {
    try (Rig rig = ready(rig())) {
      for (int i = 0; i < 5; i++) {
        assertThat(rig.get("/v1/models/hp").status()).isEqualTo(200);
        assertThat(rig.get("/v1/models/hp/metadata").status()).isEqualTo(200);
        assertThat(rig.get("/v2/models/hp").status()).isEqualTo(200);
        assertThat(rig.get("/readyz").status()).isEqualTo(200);
        assertThat(rig.predict("nope").status()).isEqualTo(404);
      }
      Rig.until(() -> requests(scrape(rig), Map.of("model", "_unknown")) == 5);
      Exposition scrape = scrape(rig);
      assertThat(requests(scrape, Map.of("model", "hp"))).isZero();
      assertThat(sum(scrape, "mlserve_executions_total", Map.of("model", "hp"))).isZero();
      assertThat(sum(scrape, "mlserve_model_last_request_timestamp_seconds", Map.of("model", "hp")))
          .isZero();
    }
  }

  @Test
  void b4RequestsThatFailAreUse() throws IOException {
    try (Rig rig = ready(rig())) {
      for (int i = 0; i < 4; i++) {
        assertThat(rig.predict("hp/versions/1", "{\"inputs\": {\"wrong\": [1.0]}}").status())
            .isEqualTo(400);
      }
      Map<String, String> failed =
          Map.of("version", "1", "code", "INVALID_ARGUMENT", "outcome", "client_error");
      Rig.until(() -> requests(scrape(rig), failed) == 4);
      Answer answer = rig.admin("DELETE", "models/hp/versions/1?if-idle-for=1h", "");
      assertThat(answer.status()).isEqualTo(409);
      assertThat(answer.body()).contains("\"used\"").contains("\"requests\" : 4");
    }
  }

  @Test
  void b5IdleVersionIsRetiredAndAUsedOneIsNot() throws IOException {
    try (Rig rig = ready(rig())) {
      rig.predict("hp");
      Rig.until(() -> requests(scrape(rig), Map.of("code", "OK")) == 1);
      Answer used = rig.admin("DELETE", "models/hp/versions/2?if-idle-for=1h", "");
      assertThat(used.status()).isEqualTo(409);
      assertThat(used.body()).contains("used within 1h (1 request, last ").contains("last_request");
      Answer labelled = rig.admin("DELETE", "models/hp/versions/1?if-idle-for=100ms", "");
      assertThat(labelled.status()).isEqualTo(409);
      assertThat(labelled.body()).contains("labelled stable");
      assertThat(rig.admin("DELETE", "models/hp/labels/stable", "").status()).isEqualTo(200);
      Rig.until(
          () -> rig.admin("DELETE", "models/hp/versions/1?if-idle-for=1s", "").status() == 200);
      assertThat(rig.status("hp")).contains("\"version\":\"1\",\"state\":\"END\"");
      assertThat(rig.predict("hp/versions/1"))
          .satisfies(
              gone -> {
                assertThat(gone.status()).isEqualTo(404);
                assertThat(gone.body()).contains("loaded versions: [2]");
              });
      Exposition scrape = scrape(rig);
      Map<String, String> one = Map.of("model", "hp", "version", "1");
      assertThat(sum(scrape, "mlserve_model_memory_bytes", one)).isZero();
      assertThat(sum(scrape, "mlserve_model_loaded", one)).isZero();
      assertThat(requests(scrape, Map.of("version", "1", "code", "NOT_FOUND"))).isEqualTo(1);
      Answer only = rig.admin("DELETE", "models/hp/versions/2?if-idle-for=0s", "");
      assertThat(only.status()).isEqualTo(409);
      assertThat(only.body()).contains("only_version");
      assertThat(rig.admin("DELETE", "models/hp/versions/2?force=true", "").status())
          .isEqualTo(200);
    }
  }

  @Test
  void retiredVersionComesBackOnlyWhenAsked() throws IOException {
    try (Rig rig = ready(rig())) {
      Answer young = rig.admin("DELETE", "models/hp/versions/2?if-idle-for=24h", "");
      assertThat(young.status()).isEqualTo(409);
      assertThat(young.body()).contains("\"unknown\"").contains("of the last 24h were recorded");
      assertThat(rig.admin("DELETE", "models/hp/versions/2?force=true", "").status())
          .isEqualTo(200);
      Rig.looks();
      assertThat(rig.predict("hp").version()).isEqualTo(1);
      rig.put("hp", 3, Models.halfPlus(3));
      rig.untilAnswer("hp", "4.0");
      assertThat(rig.predict("hp/versions/2").status()).isEqualTo(404);
      assertThat(rig.admin("POST", "models/hp/versions/2/load", "").status()).isEqualTo(200);
      assertThat(rig.predict("hp/versions/2").status()).isEqualTo(200);
    }
  }

  @Test
  void retiredVersionStaysAwayWhenTheConfigurationChanges() throws IOException {
    String config = "models:\n  - name: %s\n    path: %s\n    versions: all\n";
    try (Rig rig =
        new Rig(folder)
            .put("a", 1, Models.halfPlus(1))
            .put("a", 2, Models.halfPlus(2))
            .put("b", 1, Models.halfPlus(1))
            .config(config.formatted("a", folder.resolve("a")))
            .startReady()) {
      rig.untilAnswer("a/versions/1", "2.0");
      assertThat(rig.admin("DELETE", "models/a/versions/1?force=true", "").status()).isEqualTo(200);
      rig.config(
          config.formatted("a", folder.resolve("a"))
              + config.formatted("b", folder.resolve("b")).replace("models:\n", ""));
      rig.untilAnswer("b", "2.0");
      Rig.looks();
      assertThat(rig.predict("a/versions/1").status()).isEqualTo(404);
    }
  }

  @Test
  void b7HistoryAndLastUseSurviveARestart() throws IOException {
    MetricsOptions shown = shown(Optional.of(folder.resolve("state")));
    double last;
    try (Rig rig = ready(rig().shown(shown))) {
      for (int i = 0; i < 3; i++) {
        rig.predict("hp/versions/1");
      }
      Rig.until(() -> requests(scrape(rig), Map.of("version", "1")) == 3);
      last = lastRequest(rig);
    }
    try (Rig rig = ready(again(new Rig(folder)).shown(shown))) {
      assertThat(requests(scrape(rig), Map.of("version", "1"))).isZero();
      assertThat(lastRequest(rig)).isEqualTo(last).isPositive();
      String traffic = rig.admin("GET", "traffic", "").body().replaceAll("\\s", "");
      assertThat(traffic)
          .contains("\"persistent\":true", "\"gaps\":[{\"from\":", "\"version\":1,")
          .contains("\"requests\":3,\"failures\":0,\"requests_by\":")
          .containsPattern("\"five_minutes\":\\[\\{\"start\":\"[^\"]+\",\"requests\":3");
      assertThat(rig.admin("DELETE", "models/hp/versions/1?if-idle-for=1h", "").body())
          .contains("\"used\"");
    }
  }

  @Test
  void retiredVersionStaysAwayAfterARestartUntilSomebodyAsksForIt() throws IOException {
    MetricsOptions shown = shown(Optional.of(folder.resolve("state")));
    try (Rig rig = ready(rig().shown(shown))) {
      Answer retired = rig.admin("DELETE", "models/hp/versions/1?force=true", "");
      assertThat(retired.status()).isEqualTo(200);
      assertThat(retired.body()).contains("\"persistent\" : true");
    }
    try (Rig rig = again(new Rig(folder)).shown(shown).startReady()) {
      Rig.looks();
      assertThat(rig.predict("hp/versions/1").status()).isEqualTo(404);
      assertThat(rig.predict("hp").version()).isEqualTo(2);
      assertThat(rig.admin("GET", "models/hp", "").body().replaceAll("\\s", ""))
          .contains("\"retired\":[{\"version\":1,\"since\":\"");
      assertThat(rig.admin("POST", "models/hp/versions/1/load", "").status()).isEqualTo(200);
    }
    try (Rig rig = ready(again(new Rig(folder)).shown(shown))) {
      assertThat(rig.predict("hp/versions/1").status()).isEqualTo(200);
      assertThat(rig.admin("GET", "models/hp", "").body()).contains("\"retired\" : [ ]");
    }
  }

  @Test
  void withoutAFolderForItARetirementEndsWithTheProcess() throws IOException {
    try (Rig rig = ready(rig())) {
      assertThat(rig.admin("DELETE", "models/hp/versions/1?force=true", "").body())
          .contains("\"retired\" : true", "\"persistent\" : false");
    }
    try (Rig rig = ready(again(new Rig(folder)))) {
      assertThat(rig.predict("hp/versions/1").status()).isEqualTo(200);
    }
  }

  @Test
  void numbersThatBeginAnewWithTheProcessAreNotHeldAgainstAnotherModel() throws IOException {
    MetricsOptions shown = shown(Optional.of(folder.resolve("state")));
    Models.write(Models.halfPlus(1), folder.resolve("one/model.onnx"));
    Rig first = new Rig(folder).serve("one").shown(shown);
    try (Rig rig = first.startReady()) {
      Answer retired = rig.admin("DELETE", "models/one/versions/1?force=true", "");
      assertThat(retired.status()).isEqualTo(200);
      assertThat(retired.body()).contains("\"persistent\" : false");
      assertThat(rig.predict("one").status()).isNotEqualTo(200);
    }
    try (Rig rig = new Rig(folder).serve("one").shown(shown).startReady()) {
      assertThat(rig.predict("one").status()).isEqualTo(200);
    }
  }

  @Test
  void digestOfTheFileTellsModelsApart() throws IOException {
    try (Rig rig = ready(rig())) {
      String first = "sha256:" + ContentDigest.ofFile(folder.resolve("hp/1/model.onnx"));
      String second = "sha256:" + ContentDigest.ofFile(folder.resolve("hp/2/model.onnx"));
      assertThat(first).isNotEqualTo(second);
      assertThat(rig.admin("GET", "models/hp", "").body())
          .contains("\"digest\" : \"" + first + "\"", "\"digest\" : \"" + second + "\"");
      assertThat(sum(scrape(rig), "mlserve_model_info", Map.of("version", "2", "digest", second)))
          .isEqualTo(1);
    }
  }

  private static double lastRequest(Rig rig) throws IOException {
    return sum(
        scrape(rig),
        "mlserve_model_last_request_timestamp_seconds",
        Map.of("model", "hp", "version", "1"));
  }

  @Test
  void b10LabelsStayWhenAConfigurationWouldTakeThemWhereNothingAnswers() throws IOException {
    String config =
        "models:\n  - name: hp\n    path: "
            + folder.resolve("hp")
            + "\n    versions: all\n    labels:\n      canary: ";
    try (Rig rig =
        new Rig(folder)
            .put("hp", 1, Models.halfPlus(1))
            .put("hp", 2, Models.halfPlus(2))
            .config(config + "2\n")
            .startReady()) {
      rig.untilAnswer("hp/labels/canary", "3.0");
      Answer refused = rig.admin("POST", "config/apply", config + "9\n");
      assertThat(refused.status()).isEqualTo(409);
      assertThat(refused.body()).contains("version 9, which is not loaded");
      assertThat(rig.predict("hp/labels/canary").body()).isEqualTo(Rig.outputs("3.0"));
    }
  }

  @Test
  void namesThatClientsMakeUpMakeNoSeries() throws IOException {
    try (Rig rig = ready(rig())) {
      rig.predict("nope");
      rig.predict("hp/versions/7");
      Rig.until(() -> requests(scrape(rig), Map.of("version", "")) == 2);
      long before = rig.get("/metrics").body().lines().count();
      for (int i = 0; i < 10_000; i++) {
        rig.predict("nope-" + i);
        if (i % 10 == 0) {
          rig.predict("hp/versions/" + (100 + i));
          rig.predict("hp/labels/l" + i);
        }
      }
      Rig.until(() -> requests(scrape(rig), Map.of("model", "_unknown")) == 10_001);
      // One more: the first request with a label that nobody knows has a code of its own.
      assertThat(rig.get("/metrics").body().lines().count()).isEqualTo(before + 1);
    }
  }

  @Test
  void timesInQueriesAreChecked() throws IOException {
    try (Rig rig = ready(rig())) {
      assertThat(rig.admin("DELETE", "models/hp/versions/1?if-idle-for=soon", "").status())
          .isEqualTo(400);
      assertThat(rig.admin("GET", "traffic?window=x", "").status()).isEqualTo(400);
      assertThat(rig.admin("DELETE", "models/hp/versions/9", "").status()).isEqualTo(404);
      assertThat(rig.admin("DELETE", "models/no/versions/9", "").status()).isEqualTo(404);
      assertThat(rig.admin("POST", "models/hp/versions/1", "").status()).isEqualTo(405);
    }
  }
}
