package io.mlserve.protocol.tfs;

import static io.mlserve.protocol.tfs.TfsServer.assertError;
import static org.assertj.core.api.Assertions.assertThat;

import io.mlserve.fixtures.onnx.Models;
import io.mlserve.http.NettyLeaks;
import io.mlserve.http.RawClient.Answer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** URLs, methods, status and metadata. */
@ExtendWith(NettyLeaks.class)
class TfsRestTest {
  private static final String ONE = "{\"instances\":[1.0]}";
  private static final String TWO_AND_A_HALF = "{\"predictions\":[2.5]}";

  @TempDir private static Path folder;
  private static TfsServer server;

  @BeforeAll
  static void serve() {
    Map<String, Path> models = new LinkedHashMap<>();
    TfsServer.write(folder.resolve("half/7"), Models.halfPlus(2));
    models.put("half", folder.resolve("half"));
    models.put("housing", TfsServer.write(folder.resolve("housing"), Models.uciHousing(1)));
    server = TfsServer.serving(models);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v1/models/half:predict",
        "/v1/models/half/versions/7:predict",
        "/v1/models/half/versions/007:predict",
        "/V1/Models/half:PREDICT",
        "/v1/models/%68alf:predict",
        "/v1/models/half:predict?x=y"
      })
  void predictionIsFoundUnderItsUrls(String path) {
    Answer answer = server.post(path, ONE);
    assertThat(answer.text()).isEqualTo(TWO_AND_A_HALF);
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("content-type")).isEqualTo("application/json");
    assertThat(answer.header("x-model-version")).isEqualTo("7");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v1/models/half",
        "/v1/models/half:explain",
        "/v1/models/half:predict/",
        "/v1/models/half/versions/x:predict",
        "/v1/models/half/versions/-1:predict",
        "/v1/models//versions/1:predict",
        "/v1/models/a/b:predict",
        "/v1/models/half%zz:predict",
        "/v1/",
        "/v1/models"
      })
  void whatIsNoUrlIsMalformed(String path) {
    assertError(server.post(path, ONE), 400, "Malformed request: POST " + path);
  }

  @ParameterizedTest
  @ValueSource(strings = {"PUT", "DELETE", "PATCH", "HEAD2", "TRACE"})
  void otherMethodsAreMalformed(String method) {
    String path = "/v1/models/half:predict";
    assertError(
        server.ask(method, path, "", new byte[0]),
        400,
        "Malformed request: " + method + " " + path);
  }

  @Test
  void predictionIsNotForGetNorStatusForPost() {
    assertError(
        server.get("/v1/models/half:predict"),
        400,
        "Malformed request: GET /v1/models/half:predict");
    assertError(
        server.post("/v1/models/half/metadata", ONE),
        400,
        "Malformed request: POST /v1/models/half/metadata");
  }

  @Test
  void versionThatNoNumberHoldsIsSaidSo() {
    assertError(
        server.post("/v1/models/half/versions/99999999999999999999:predict", ONE),
        400,
        "Failed to convert version: 99999999999999999999 to numeric.");
  }

  @Test
  void unknownModelVersionOrLabelHasItsOwnMessage() {
    assertError(
        server.predict("nobody", ONE), 404, "Servable not found for request: Latest(nobody)");
    assertError(server.predict("HALF", ONE), 404, "Servable not found for request: Latest(HALF)");
    assertError(
        server.post("/v1/models/half/versions/8:predict", ONE),
        404,
        "Servable not found for request: Specific(half, 8)");
    assertError(
        server.post("/v1/models/half/labels/stable:predict", ONE),
        400,
        "Unrecognized servable version label: stable");
  }

  @ParameterizedTest
  @ValueSource(strings = {"..%2f..%2fetc%2fpasswd", "%00", "%22%5c%0a", "%ff%fe", "<img>"})
  void nameIsNeverAPath(String name) {
    Answer answer = server.predict(name, ONE);
    assertError(answer, 404);
    assertThat(answer.text()).startsWith("{\"error\":\"Servable not found for request: Latest(");
  }

  @Test
  void pathsOfNobodyAreNotFound() {
    for (String path : new String[] {"/", "/v1", "/livezzz", "/metricsx", "/v1models"}) {
      Answer answer = server.get(path);
      assertThat(answer.status()).as(path).isEqualTo(404);
      assertThat(answer.text()).isEqualTo("{\"error\": \"Not found\"}\n");
    }
  }

  @Test
  void browserIsNotToldThatItMayAsk() {
    Answer allowed =
        server.ask("OPTIONS", "/v1/models/half:predict", "Origin: https://a\r\n", new byte[0]);
    assertThat(allowed.status()).isEqualTo(200);
    assertThat(allowed.headers().keySet()).noneMatch(name -> name.startsWith("access-control"));
    assertError(server.ask("OPTIONS", "/v1/models/half", "", new byte[0]), 400);
    Answer answer =
        server.ask(
            "POST",
            "/v1/models/half:predict",
            "Origin: https://a\r\n",
            ONE.getBytes(StandardCharsets.UTF_8));
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.headers().keySet()).noneMatch(name -> name.startsWith("access-control"));
  }

  @Test
  void modelsAreListed() {
    assertThat(server.get("/v1/models").text()).isEqualTo("{\"models\":[\"half\",\"housing\"]}");
  }

  @Test
  void statusOfAServedModel() {
    String available =
        """
        {"model_version_status":[{"version":"7","state":"AVAILABLE",\
        "status":{"error_code":"OK","error_message":""}}]}\
        """;
    assertThat(server.get("/v1/models/half").text()).isEqualTo(available);
    assertThat(server.get("/v1/models/half/versions/7").text()).isEqualTo(available);
    assertThat(server.get("/v1/models/half/labels/any").text()).isEqualTo(available);
    assertError(
        server.get("/v1/models/nobody"), 404, "Could not find any versions of model nobody");
    assertError(
        server.get("/v1/models/half/versions/8"), 404, "Could not find version 8 of model half");
  }

  @Test
  void metadataIsTheSignature() {
    String metadata =
        """
        {"model_spec":{"name":"housing","signature_name":"","version":"1"},\
        "metadata":{"signature_def":{"signature_def":{"serving_default":{\
        "inputs":{"x":{"dtype":"DT_FLOAT","tensor_shape":{"dim":[{"size":"-1","name":""},\
        {"size":"13","name":""}],"unknown_rank":false},"name":"x:0"}},\
        "outputs":{"y":{"dtype":"DT_FLOAT","tensor_shape":{"dim":[{"size":"-1","name":""},\
        {"size":"1","name":""}],"unknown_rank":false},"name":"y:0"}},\
        "method_name":"tensorflow/serving/predict","defaults":{}}}}}}\
        """;
    assertThat(server.get("/v1/models/housing/metadata").text()).isEqualTo(metadata);
    assertThat(server.get("/v1/models/housing/versions/1/metadata").text()).isEqualTo(metadata);
    assertError(
        server.get("/v1/models/nobody/metadata"),
        404,
        "Servable not found for request: Latest(nobody)");
  }

  @Test
  void modelThatDoesNotLoadSaysWhyWithoutItsFolder(@TempDir Path bad) {
    TfsServer.write(bad, Models.corrupt());
    try (TfsServer failing =
        TfsServer.open(Map.of("bad", bad), 10, java.time.Duration.ofSeconds(5))) {
      Awaitility.await()
          .until(() -> failing.get("/v1/models/bad").text().contains("\"state\":\"END\""));
      Answer status = failing.get("/v1/models/bad");
      assertThat(status.status()).isEqualTo(200);
      assertThat(status.text())
          .startsWith(
              "{\"model_version_status\":[{\"version\":\"1\",\"state\":\"END\","
                  + "\"status\":{\"error_code\":\"DATA_LOSS\","
                  + "\"error_message\":\"cannot load model.onnx: ")
          .doesNotContain(bad.toString(), "/tmp");
      assertError(failing.predict("bad", ONE), 404, "Servable not found for request: Latest(bad)");
      assertThat(failing.get("/readyz").status()).isEqualTo(503);
      assertThat(failing.get("/livez").status()).isEqualTo(200);
    }
  }

  @Test
  void modelThatIsNotThereYetIsListedAndHasNoVersions(@TempDir Path empty) throws IOException {
    Path later = Files.createDirectory(empty.resolve("later"));
    try (TfsServer waiting =
        TfsServer.open(Map.of("later", later), 10, java.time.Duration.ofSeconds(5))) {
      assertThat(waiting.get("/v1/models").text()).isEqualTo("{\"models\":[\"later\"]}");
      assertError(
          waiting.get("/v1/models/later"), 404, "Could not find any versions of model later");
      assertThat(waiting.get("/readyz").text()).contains("\"later\"");
    }
  }
}
