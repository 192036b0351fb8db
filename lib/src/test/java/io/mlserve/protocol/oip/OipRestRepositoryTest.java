package io.mlserve.protocol.oip;

import static io.mlserve.protocol.oip.OipRestFixture.assertError;
import static org.assertj.core.api.Assertions.assertThat;

import io.mlserve.fixtures.onnx.Models;
import io.mlserve.http.NettyLeaks;
import io.mlserve.http.RawClient;
import io.mlserve.http.RawClient.Answer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The index, load and unload. */
@ExtendWith(NettyLeaks.class)
class OipRestRepositoryTest {
  private static final String INDEX = "/v2/repository/index";
  private static final String LOAD = "/v2/repository/models/half/load";
  private static final String UNLOAD = "/v2/repository/models/half/unload";
  private static final String READY =
      "[{\"name\":\"half\",\"version\":\"1\",\"state\":\"READY\",\"reason\":\"\"}]";
  private static final String GOOD =
      "{\"inputs\":[{\"name\":\"x\",\"shape\":[1],\"datatype\":\"FP32\",\"data\":[1]}]}";

  @TempDir private Path folder;

  private Map<String, Path> half() {
    return Map.of("half", OipRestFixture.write(folder.resolve("half"), Models.halfPlus(2)));
  }

  private OipRestFixture controlled() {
    OipRestFixture server = OipRestFixture.controlled(half());
    awaitIndex(server, READY);
    return server;
  }

  private static void awaitIndex(OipRestFixture server, String expected) {
    Awaitility.await()
        .atMost(20, TimeUnit.SECONDS)
        .untilAsserted(() -> assertThat(server.post(INDEX, "").text()).isEqualTo(expected));
  }

  @Test
  void indexSaysOfEveryModelHowItIsAndWhy() {
    Map<String, Path> models = new LinkedHashMap<>(half());
    models.put("broken", OipRestFixture.write(folder.resolve("broken"), Models.corrupt()));
    models.put("later", folder.resolve("later"));
    try (OipRestFixture server = OipRestFixture.controlled(models)) {
      Awaitility.await()
          .atMost(20, TimeUnit.SECONDS)
          .untilAsserted(
              () ->
                  assertThat(server.post(INDEX, "").text())
                      .contains(READY.substring(1, READY.length() - 1))
                      .contains(
                          "\"version\":\"1\",\"state\":\"UNAVAILABLE\",\"reason\":\"cannot load")
                      .contains(
                          "{\"name\":\"later\",\"version\":\"\",\"state\":\"UNAVAILABLE\",\"reason\":\""));
      assertThat(server.post(INDEX, "{\"ready\":true,\"other\":[1]}").text()).isEqualTo(READY);
      assertThat(server.post(INDEX, "{\"ready\":false}").text()).contains("broken", "later");
    }
  }

  @Test
  void modelIsUnloadedAndLoadedAgain() {
    try (OipRestFixture server = controlled()) {
      Answer unloaded = server.post(UNLOAD, "{\"parameters\":{\"unload_dependents\":true}}");
      assertThat(unloaded.text()).isEqualTo("{\"name\":\"half\",\"unload\":true}");
      assertThat(unloaded.status()).isEqualTo(200);
      assertError(server.infer("half", GOOD), 503);
      assertThat(server.get("/v2/models/half/ready").status()).isEqualTo(503);
      awaitIndex(
          server,
          "[{\"name\":\"half\",\"version\":\"1\",\"state\":\"UNAVAILABLE\","
              + "\"reason\":\"unloaded\"}]");
      assertThat(server.post(INDEX, "{\"ready\":true}").text()).isEqualTo("[]");
      assertThat(server.post(UNLOAD, "").status()).isEqualTo(200); // once is as good as twice
      Answer loaded = server.post(LOAD, "");
      assertThat(loaded.text()).isEqualTo("{\"name\":\"half\",\"load\":true}");
      assertThat(server.infer("half", GOOD).status()).isEqualTo(200); // it is there already
      assertThat(server.post(INDEX, "").text()).isEqualTo(READY);
      assertThat(server.post(LOAD, "{}").status()).isEqualTo(200);
    }
  }

  @Test
  void severalLoadsAtOnceAllSucceed() {
    try (OipRestFixture server = controlled()) {
      assertThat(server.post(UNLOAD, "").status()).isEqualTo(200);
      String load = "POST " + LOAD + " HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n";
      try (RawClient first = RawClient.connect(server.port()).send(load);
          RawClient second = RawClient.connect(server.port()).send(load)) {
        assertThat(first.read().status()).isEqualTo(200);
        assertThat(second.read().status()).isEqualTo(200);
      }
    }
  }

  @Test
  void loadThatFailsSaysWhyAndTheServerGoesOn() {
    Map<String, Path> models =
        Map.of("broken", OipRestFixture.write(folder.resolve("broken"), Models.corrupt()));
    try (OipRestFixture server = OipRestFixture.controlled(models)) {
      Answer failed = server.post("/v2/repository/models/broken/load", "");
      assertThat(failed.status()).as(failed.text()).isGreaterThanOrEqualTo(400);
      assertThat(failed.text()).contains("cannot load model.onnx");
      assertThat(server.get("/v2/health/live").status()).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "/v2/repository/models/no/load     | | 404 | no model 'no'",
        "/v2/repository/models/%6Eo/unload | | 404 | no model 'no'",
        "/v2/repository/other/index        | | 501 | repository 'other': repositories have no names"
            + " here",
        "/v2/repository/other/models/half/load | | 501 | repository 'other': repositories have no"
            + " names here",
        "/v2/repository/models/half/load | {\"parameters\":{\"config\":\"{}\"}} | 501 | parameters of a"
            + " load are not offered (expected: none)",
        "/v2/repository/models/half/load   | []              | 400 | the request is no JSON object",
        "/v2/repository/models/half/load   | {\"parameters\":7} | 400 | 'parameters' (expected: an"
            + " object)",
        "/v2/repository/index              | 7               | 400 | the request is no JSON object",
        "/v2/repository/index              | {\"ready\":1}   | 400 | 'ready' (expected: true or false)",
        "/v2/repository/index              | {} {}           | 400 | more behind the JSON object of the"
            + " request",
      })
  void whatCannotBeDoneIsRefused(String path, String body, int status, String message) {
    try (OipRestFixture server = controlled()) {
      assertError(server.post(path, body == null ? "" : body), status, message);
      assertError(server.post(INDEX, "{\"ready\":"), 400);
      Answer get = server.get(path);
      assertError(get, 405, "Method Not Allowed");
      assertThat(get.header("allow")).isEqualTo("POST");
    }
  }

  @Test
  void modelsAreChangedOnlyWhereThatIsAllowed() {
    try (OipRestFixture server = OipRestFixture.serving(half())) {
      String message = "explicit model load / unload is not allowed on this port";
      assertError(server.post(LOAD, ""), 403, message);
      assertError(server.post(UNLOAD, ""), 403, message);
      assertThat(server.post(INDEX, "").text()).isEqualTo(READY);
      assertThat(server.get("/v2").text()).doesNotContain("model_repository");
    }
    try (OipRestFixture server = controlled()) {
      assertThat(server.get("/v2").text()).contains("\"model_repository\"");
    }
  }
}
