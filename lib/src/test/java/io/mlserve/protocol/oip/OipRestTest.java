package io.mlserve.protocol.oip;

import static io.mlserve.protocol.oip.OipRestFixture.assertError;
import static org.assertj.core.api.Assertions.assertThat;

import io.mlserve.fixtures.onnx.ElementType;
import io.mlserve.fixtures.onnx.Models;
import io.mlserve.http.NettyLeaks;
import io.mlserve.http.RawClient.Answer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** All but inference: what the server and its models are, and what no path leads to. */
@ExtendWith(NettyLeaks.class)
class OipRestTest {
  @TempDir private static Path folder;
  private static OipRestFixture server;

  @BeforeAll
  static void serve() {
    Map<String, Path> models = new LinkedHashMap<>();
    models.put("half", OipRestFixture.write(folder.resolve("half"), Models.halfPlus(2)));
    models.put("price.v-2", OipRestFixture.write(folder.resolve("price"), Models.uciHousing(1)));
    models.put(
        "two",
        OipRestFixture.write(
            folder.resolve("two"), Models.echo(List.of(ElementType.STRING, ElementType.INT64))));
    models.put(
        "narrow", OipRestFixture.write(folder.resolve("narrow"), StrangeModels.withNarrowOutput()));
    models.put("maps", OipRestFixture.write(folder.resolve("maps"), StrangeModels.withMaps()));
    server = OipRestFixture.serving(models);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static void assertAnswer(String path, String text) {
    Answer answer = server.get(path);
    assertThat(answer.text()).isEqualTo(text);
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("content-type")).isEqualTo("application/json");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/v2", "/v2/", "/v2?x=1"})
  void serverSaysWhatItIsAndOnlyWhatItCan(String path) {
    assertThat(server.get(path).text())
        .matches(
            "\\{\"name\":\"mlserve\",\"version\":\"[0-9][^\"]*\",\"extensions\":\\["
                + "\"classification\",\"binary_tensor_data\",\"parameters\",\"statistics\","
                + "\"model_configuration\"]}");
  }

  @Test
  void healthHasBodiesThatClientsParse() {
    assertThat(server.get("/v2/health/live").text()).isEqualTo("{\"live\": true}\n");
    assertThat(server.get("/v2/health/ready").text()).isEqualTo("{\"ready\": true}\n");
    assertThat(server.get("/v2/health/ready").status()).isEqualTo(200);
  }

  @Test
  void serverIsNotReadyWhileAModelIsNot() {
    Map<String, Path> empty = Map.of("later", folder.resolve("later"));
    try (OipRestFixture starting = OipRestFixture.open(empty, 10, Duration.ofSeconds(20))) {
      assertThat(starting.get("/v2/health/live").status()).isEqualTo(200);
      Answer ready = starting.get("/v2/health/ready");
      assertThat(ready.status()).isEqualTo(503);
      assertThat(ready.text()).startsWith("{\"ready\": false");
      Answer model = starting.get("/v2/models/later/ready");
      assertThat(model.status()).isEqualTo(503);
      assertThat(model.text()).isEqualTo("{\"name\":\"later\",\"ready\":false}");
      assertThat(model.header("retry-after")).isEqualTo("1");
      Answer infer = starting.infer("later", "{\"inputs\":[]}");
      assertError(infer, 503, "Request for unknown model: 'later' has no available versions");
      assertThat(infer.header("retry-after")).isEqualTo("1");
      assertError(starting.get("/v2/models/later"), 503);
      assertError(starting.get("/v2/models/later/config"), 503);
      assertError(starting.get("/v2/models/later/stats"), 503);
      assertThat(starting.get("/v2/models/stats").text()).isEqualTo("{\"model_stats\":[]}");
      assertThat(starting.get("/v2/models").text()).isEqualTo("{\"models\":[\"later\"]}");
    }
  }

  @Test
  void modelsAreListed() {
    String all = "{\"models\":[\"half\",\"price.v-2\",\"two\",\"narrow\",\"maps\"]}";
    assertAnswer("/v2/models", all);
    assertAnswer("/v2/models/", all);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/v2/models/half", "/v2/models/half/versions/1", "/v2/models/%68alf"})
  void metadataNameVersionsInputsAndOutputs(String path) {
    assertAnswer(
        path,
        "{\"name\":\"half\",\"versions\":[\"1\"],\"platform\":\"onnxruntime_onnx\","
            + "\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP32\",\"shape\":[-1]}],"
            + "\"outputs\":[{\"name\":\"y\",\"datatype\":\"FP32\",\"shape\":[-1]}]}");
  }

  @Test
  void metadataLeavesOutWhatTheProtocolCannotCarry() {
    assertThat(server.get("/v2/models/narrow").text())
        .endsWith("\"outputs\":[{\"name\":\"y\",\"datatype\":\"FP32\",\"shape\":[-1]}]}");
    assertThat(server.get("/v2/models/maps").text())
        .endsWith("\"outputs\":[{\"name\":\"y\",\"datatype\":\"FP32\",\"shape\":[-1,2]}]}");
  }

  @Test
  void configurationIsTritonsAndDoesNotBatch() {
    assertAnswer(
        "/v2/models/two/config",
        "{\"name\":\"two\",\"platform\":\"onnxruntime_onnx\",\"backend\":\"onnxruntime\","
            + "\"version_policy\":{\"specific\":{\"versions\":[1]}},\"max_batch_size\":0,"
            + "\"input\":[{\"name\":\"string\",\"data_type\":\"TYPE_STRING\",\"dims\":[-1],"
            + "\"format\":\"FORMAT_NONE\",\"is_shape_tensor\":false,\"allow_ragged_batch\":false,"
            + "\"optional\":false},{\"name\":\"int64\",\"data_type\":\"TYPE_INT64\",\"dims\":[-1],"
            + "\"format\":\"FORMAT_NONE\",\"is_shape_tensor\":false,\"allow_ragged_batch\":false,"
            + "\"optional\":false}],"
            + "\"output\":[{\"name\":\"string_out\",\"data_type\":\"TYPE_STRING\",\"dims\":[-1],"
            + "\"label_filename\":\"\",\"is_shape_tensor\":false},{\"name\":\"int64_out\","
            + "\"data_type\":\"TYPE_INT64\",\"dims\":[-1],\"label_filename\":\"\","
            + "\"is_shape_tensor\":false}],"
            + "\"instance_group\":[{\"name\":\"two\",\"kind\":\"KIND_CPU\",\"count\":2}],"
            + "\"parameters\":{},\"model_warmup\":[],"
            + "\"model_transaction_policy\":{\"decoupled\":false}}");
    assertThat(server.get("/v2/models/two/versions/1/config").status()).isEqualTo(200);
  }

  @Test
  void modelIsReadyOrNot() {
    assertAnswer("/v2/models/half/ready", "{\"name\":\"half\",\"ready\":true}");
    assertAnswer("/v2/models/half/versions/1/ready", "{\"name\":\"half\",\"ready\":true}");
    assertError(
        server.get("/v2/models/half/versions/7/ready"),
        404,
        "Request for unknown model: 'half' version 7 is not found");
    assertError(
        server.get("/v2/models/no/ready"), 404, "Request for unknown model: 'no' is not found");
  }

  @Test
  void statisticsCountRowsRunsAndFailures() {
    String path = "/v2/models/price.v-2/stats";
    String zeros =
        "\\{\"model_stats\":\\[\\{\"name\":\"price.v-2\",\"version\":\"1\",\"last_inference\":0,"
            + "\"inference_count\":0,\"execution_count\":0,.*";
    assertThat(server.get(path).text()).matches(zeros);
    String row = "[1,2,3,4,5,6,7,8,9,10,11,12,13]";
    String request =
        "{\"inputs\":[{\"name\":\"x\",\"shape\":[2,13],\"datatype\":\"FP32\",\"data\":["
            + row
            + ","
            + row
            + "]}]}";
    assertThat(server.infer("price.v-2", request).status()).isEqualTo(200);
    assertThat(server.infer("price.v-2", request).status()).isEqualTo(200);
    assertError(server.infer("price.v-2", "{}"), 400);
    String some = "\\{\"count\":2,\"ns\":[1-9][0-9]*}";
    String expected =
        "\\{\"model_stats\":\\[\\{\"name\":\"price.v-2\",\"version\":\"1\","
            + "\"last_inference\":[0-9]{13},\"inference_count\":4,\"execution_count\":2,"
            + "\"inference_stats\":\\{\"success\":"
            + some
            + ",\"fail\":\\{\"count\":1,\"ns\":[1-9][0-9]*},\"queue\":"
            + some
            + ",\"compute_input\":"
            + some
            + ",\"compute_infer\":"
            + some
            + ",\"compute_output\":"
            + some
            + ",\"cache_hit\":\\{\"count\":0,\"ns\":0},\"cache_miss\":\\{\"count\":0,\"ns\":0}},"
            + "\"response_stats\":\\{},\"batch_stats\":\\[\\{\"batch_size\":2,\"compute_input\":"
            + some
            + ",\"compute_infer\":"
            + some
            + ",\"compute_output\":"
            + some
            + "}],\"memory_usage\":\\[]}]}";
    org.awaitility.Awaitility.await() // the answer leaves before it is counted
        .untilAsserted(() -> assertThat(server.get(path).text()).matches(expected));
    assertThat(server.get("/v2/models/price.v-2/versions/1/stats").text()).matches(expected);
  }

  @Test
  void statisticsOfAllModelsAreInOneAnswer() {
    assertThat(server.get("/v2/models/stats").text())
        .contains("{\"name\":\"half\",\"version\":\"1\",", "{\"name\":\"maps\",\"version\":\"1\",");
  }

  @ParameterizedTest
  @CsvSource({
    "GET,/v2/models/no,'Request for unknown model: ''no'' is not found'",
    "GET,/v2/models/no%20such%2Fname,'Request for unknown model: ''no such/name'' is not found'",
    "GET,/v2/models/half/versions/2,'Request for unknown model: ''half'' version 2 is not found'",
    "GET,/v2/models/half/versions/99999999999999999999,"
        + "'Request for unknown model: ''half'' version 99999999999999999999 is not found'",
    "POST,/v2/models/no/infer,'Request for unknown model: ''no'' is not found'",
    "POST,/v2/models/half/versions/3/infer,"
        + "'Request for unknown model: ''half'' version 3 is not found'",
    "GET,/v2/models/no/stats,'Request for unknown model: ''no'' is not found'",
    "GET,/v2/models/no/config,'Request for unknown model: ''no'' is not found'",
    "GET,/v2/models/half/nothing,Not Found",
    "GET,/v2/models/half/versions/x,Not Found",
    "GET,/v2/models/half/versions/1/infer/,Not Found",
    "GET,/v2/models//ready,Not Found",
    "GET,/v2/models/%zz,Not Found",
    "POST,/v2/repository/other,Not Found",
    "POST,/v2/repository/models/half/start,Not Found",
    "GET,/v2/health/other,Not Found",
  })
  void whatIsNotThereIsNotFound(String method, String path, String message) {
    assertError(server.ask(method, path, "", new byte[0]), 404, message);
  }

  @ParameterizedTest
  @CsvSource({
    "POST,/v2,'GET, HEAD'",
    "DELETE,/v2/models,'GET, HEAD'",
    "POST,/v2/models/half,'GET, HEAD'",
    "PUT,/v2/models/half/config,'GET, HEAD'",
    "POST,/v2/models/half/ready,'GET, HEAD'",
    "POST,/v2/models/half/stats,'GET, HEAD'",
    "POST,/v2/models/stats,'GET, HEAD'",
    "GET,/v2/models/half/infer,POST",
    "HEAD,/v2/models/half/infer,POST",
    "POST,/v2/health/live,'GET, HEAD'",
  })
  void wrongMethodsAreToldTheRightOnes(String method, String path, String allowed) {
    try (io.mlserve.http.RawClient client = io.mlserve.http.RawClient.connect(server.port())) {
      client.send(method + " " + path + " HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n");
      Answer answer = method.equals("HEAD") ? client.readHead() : client.read();
      assertThat(answer.status()).isEqualTo(405);
      assertThat(answer.header("allow")).isEqualTo(allowed);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/v2", "/v2/models/half", "/v2/health/ready", "/v2/models/half/ready"})
  void headIsAnsweredLikeGetWithoutABody(String path) {
    try (io.mlserve.http.RawClient client = io.mlserve.http.RawClient.connect(server.port())) {
      String rest = " " + path + " HTTP/1.1\r\nHost: x\r\n\r\n";
      Answer head = client.send("HEAD" + rest).readHead();
      Answer get = client.send("GET" + rest).read(); // in step: no body came with the first
      assertThat(head.status()).isEqualTo(200);
      assertThat(head.header("content-length")).isEqualTo("" + get.body().length);
    }
  }

  @Test
  void versionsAnswerSideBySide() {
    Path versions = folder.resolve("versions");
    OipRestFixture.write(versions.resolve("1"), Models.halfPlus(1));
    OipRestFixture.write(versions.resolve("2"), Models.halfPlus(2));
    String one = "{\"inputs\":[{\"name\":\"x\",\"shape\":[1],\"datatype\":\"FP32\",\"data\":[0]}]}";
    try (OipRestFixture both = OipRestFixture.allVersions("v", versions)) {
      org.awaitility.Awaitility.await()
          .untilAsserted(
              () ->
                  assertThat(both.get("/v2/models/v").text())
                      .contains("\"versions\":[\"1\",\"2\"]"));
      assertThat(both.get("/v2/models/v/versions/1").text()).contains("\"versions\":[\"1\"]");
      assertThat(both.infer("v", one).text()).contains("\"model_version\":\"2\"", "[2.0]");
      assertThat(both.post("/v2/models/v/versions/1/infer", one).text())
          .contains("\"model_version\":\"1\"", "[1.0]");
      assertThat(both.get("/v2/models/v/config").text())
          .contains("{\"specific\":{\"versions\":[1,2]}}");
      assertThat(both.get("/v2/models/v/stats").text())
          .contains("\"name\":\"v\",\"version\":\"1\"", "\"name\":\"v\",\"version\":\"2\"");
      assertThat(both.get("/v2/models/v/versions/2/stats").text())
          .doesNotContain("\"version\":\"1\"");
    }
  }
}
