package io.mlserve.protocol.tfs;

import static io.mlserve.protocol.tfs.TfsServer.assertError;
import static org.assertj.core.api.Assertions.assertThat;

import io.mlserve.fixtures.onnx.ElementType;
import io.mlserve.fixtures.onnx.Models;
import io.mlserve.fixtures.onnx.OnnxGraph;
import io.mlserve.http.NettyLeaks;
import io.mlserve.http.RawClient.Answer;
import io.mlserve.protocol.oip.StrangeModels;
import java.nio.file.Path;
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

/** {@code :classify} and {@code :regress}, and predictions that are no tensors. */
@ExtendWith(NettyLeaks.class)
class TfsRestExamplesTest {
  @TempDir private static Path folder;
  private static TfsServer server;

  @BeforeAll
  static void serve() {
    Map<String, Path> models = new LinkedHashMap<>();
    models.put("half", TfsServer.write(folder.resolve("half"), Models.halfPlus(2)));
    models.put(
        "labelled",
        TfsServer.write(
            folder.resolve("labelled"),
            new OnnxGraph("labelled")
                .input("x", ElementType.FLOAT, -1, 2)
                .input("names", ElementType.STRING, -1, 2)
                .output("classes", ElementType.STRING, -1, 2)
                .output("probabilities", ElementType.FLOAT, -1, 2)
                .node("Identity", List.of("x"), "probabilities")
                .node("Identity", List.of("names"), "classes")
                .toModel(Map.of())));
    models.put("maps", TfsServer.write(folder.resolve("maps"), StrangeModels.withMaps()));
    server = TfsServer.serving(models);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static Answer ask(String model, String verb, String body) {
    return server.post("/v1/models/" + model + ":" + verb, body);
  }

  private static String text(String model, String verb, String body) {
    Answer answer = ask(model, verb, body);
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    return answer.text();
  }

  @Test
  void regressionGivesOneNumberForEachExample() {
    assertThat(text("half", "regress", "{\"examples\":[{\"x\":1.0},{\"x\":[2]},{\"x\":true}]}"))
        .isEqualTo("{\"results\":[2.5,3.0,2.5]}");
    assertThat(
            text(
                "half",
                "regress",
                "{\"signature_name\":\"serving_default\",\"context\":{\"x\":4.0},"
                    + "\"examples\":[{\"unused\":\"a\"},{\"x\":8.0}]}"))
        .isEqualTo("{\"results\":[4.0,6.0]}");
  }

  @Test
  void theSignatureThatTensorFlowServingDocumentsIsKnown() {
    assertThat(
            text(
                "half",
                "regress",
                "{\"signature_name\":\"tensorflow/serving/regress\","
                    + "\"examples\":[{\"x\":1.0},{\"x\":2.0}]}"))
        .isEqualTo("{\"results\":[2.5,3.0]}");
  }

  @Test
  void classificationGivesLabelsWithTheirScores() {
    assertThat(
            text(
                "labelled",
                "classify",
                "{\"context\":{\"names\":[\"cat\",{\"b64\":\"ZG9n\"}]},"
                    + "\"examples\":[{\"x\":[0.25,0.75]},{\"x\":[1.0,0.0]}]}"))
        .isEqualTo("{\"results\":[[[\"cat\",0.25],[\"dog\",0.75]],[[\"cat\",1.0],[\"dog\",0.0]]]}");
  }

  @Test
  void mapsOfAClassifierAreObjects() {
    assertThat(text("maps", "predict", "{\"instances\":[[0.25,0.75],[1.0,0.0]]}"))
        .isEqualTo(
            "{\"predictions\":[{\"y\":[0.25,0.75],\"z\":{\"0\":0.25,\"1\":0.75}},"
                + "{\"y\":[1.0,0.0],\"z\":{\"0\":1.0,\"1\":0.0}}]}");
    assertThat(text("maps", "predict", "{\"inputs\":[[0.25,0.75]]}"))
        .isEqualTo("{\"outputs\":{\"y\":[[0.25,0.75]],\"z\":[{\"0\":0.25,\"1\":0.75}]}}");
    assertThat(text("maps", "classify", "{\"examples\":[{\"x\":[0.25,0.75]}]}"))
        .isEqualTo("{\"results\":[[[\"0\",0.25],[\"1\",0.75]]]}");
    // What the metadata of TensorFlow has no word for is left out of it.
    assertThat(server.get("/v1/models/maps/metadata").text()).contains("\"y\"", "\"x\"");
    assertThat(server.get("/v1/models/maps/metadata").text()).doesNotContain("\"z\"");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "half | classify | {\"examples\":[{\"x\":1.0}]} | Expected classification signature",
        "labelled | regress | {\"examples\":[{\"x\":[1,2]}]} | Expected regression signature",
        "half | regress | '' | The document is empty",
        "half | regress | [] | is not an object",
        "half | regress | {} | Missing 'examples' list",
        "half | regress | {\"examples\":[]} | Missing 'examples' list",
        "half | regress | {\"examples\":{}} | to be a list/array",
        "half | regress | {\"examples\":[1]} | example 0 is no object",
        "half | regress | {\"examples\":[{}]} | example 0: feature 'x' is missing",
        "half | regress | {\"examples\":[{\"x\":null}]} | example 0: feature 'x' holds null",
        "half | regress | {\"examples\":[{\"x\":[1,\"a\"]}]} | mixes kinds of values",
        "half | regress | {\"examples\":[{\"x\":[1,[2]]}]} | holds [",
        "half | regress | {\"examples\":[{\"x\":\"a\"}]} | value 0 is no DT_FLOAT",
        "half | regress | {\"examples\":[{\"x\":{\"b64\":\"%\"}}]} | base64",
        "half | regress | {\"examples\":[{\"x\":{\"a\":\"b\"}}]} | holds an object",
        "half | regress | {\"examples\":[{\"x\":1},{\"x\":[1,2]}]} | has 2 values (expected: 1)",
        "half | regress | {\"examples\":[{\"x\":99999999999999999999}]} | less than 2^63",
        "half | regress | {\"signature_name\":\"s\",\"examples\":[{\"x\":1}]} | \\\"s\\\" not found",
        "half | regress | {\"examples\":[{\"x\":1} | JSON Parse error"
      })
  void whatIsWrongIsNamed(String model, String verb, String body, String message) {
    Answer answer = ask(model, verb, body);
    assertError(answer, 400);
    assertThat(answer.text()).contains(message);
  }

  @Test
  void unknownModelsAreNotFound() {
    assertError(ask("nobody", "classify", "{\"examples\":[{\"x\":1}]}"), 404);
    assertError(server.get("/v1/models/half:classify"), 400);
  }
}
