package io.mlserve.protocol.tfs;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.mlserve.fixtures.onnx.ElementType;
import io.mlserve.fixtures.onnx.Models;
import io.mlserve.fixtures.onnx.OnnxGraph;
import io.mlserve.fixtures.onnx.Payload;
import io.mlserve.server.GrpcServer;
import io.mlserve.wire.tensorflow.BytesList;
import io.mlserve.wire.tensorflow.Example;
import io.mlserve.wire.tensorflow.Feature;
import io.mlserve.wire.tensorflow.Features;
import io.mlserve.wire.tensorflow.FloatList;
import io.mlserve.wire.tensorflow.Int64List;
import io.mlserve.wire.tfs.ClassificationRequest;
import io.mlserve.wire.tfs.ClassificationResponse;
import io.mlserve.wire.tfs.ExampleList;
import io.mlserve.wire.tfs.ExampleListWithContext;
import io.mlserve.wire.tfs.InferenceTask;
import io.mlserve.wire.tfs.Input;
import io.mlserve.wire.tfs.ModelSpec;
import io.mlserve.wire.tfs.MultiInferenceRequest;
import io.mlserve.wire.tfs.MultiInferenceResponse;
import io.mlserve.wire.tfs.PredictionServiceGrpc;
import io.mlserve.wire.tfs.PredictionServiceGrpc.PredictionServiceBlockingStub;
import io.mlserve.wire.tfs.RegressionRequest;
import io.mlserve.wire.tfs.RegressionResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Classify, regress and both at once, on examples. */
class TfsGrpcExamplesTest {
  private static GrpcServer server;

  @BeforeAll
  static void serve(@TempDir Path folder) {
    Payload scores =
        new OnnxGraph("scores")
            .input("x", ElementType.FLOAT, -1, 2)
            .output("scores", ElementType.FLOAT, -1, 2)
            .floats("one", List.of(), 1)
            .node("Add", List.of("x", "one"), "scores")
            .toModel(Map.of());
    Payload labelled =
        new OnnxGraph("labelled")
            .input("x", ElementType.FLOAT, -1, 2)
            .input("names", ElementType.STRING, -1, 2)
            .output("classes", ElementType.STRING, -1, 2)
            .output("probabilities", ElementType.FLOAT, -1, 2)
            .node("Identity", List.of("x"), "probabilities")
            .node("Identity", List.of("names"), "classes")
            .toModel(Map.of());
    server =
        GrpcServer.serving(
            Map.of(
                "half", write(folder.resolve("half"), Models.halfPlus(2)),
                "housing", write(folder.resolve("housing"), Models.uciHousing(1)),
                "scores", write(folder.resolve("scores"), scores),
                "labelled", write(folder.resolve("labelled"), labelled)));
  }

  private static Path write(Path folder, Payload model) {
    Models.write(model, folder.resolve("model.onnx"));
    return folder;
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static PredictionServiceBlockingStub client() {
    return PredictionServiceGrpc.newBlockingStub(server.channel())
        .withDeadlineAfter(20, TimeUnit.SECONDS);
  }

  private static Feature floats(float... values) {
    FloatList.Builder list = FloatList.newBuilder();
    for (float value : values) {
      list.addValue(value);
    }
    return Feature.newBuilder().setFloatList(list).build();
  }

  private static Feature integer(long value) {
    return Feature.newBuilder().setInt64List(Int64List.newBuilder().addValue(value)).build();
  }

  private static Feature texts(String... values) {
    BytesList.Builder list = BytesList.newBuilder();
    for (String value : values) {
      list.addValue(ByteString.copyFromUtf8(value));
    }
    return Feature.newBuilder().setBytesList(list).build();
  }

  private static Example example(Map<String, Feature> features) {
    return Example.newBuilder().setFeatures(Features.newBuilder().putAllFeature(features)).build();
  }

  private static Input examples(Example... examples) {
    return Input.newBuilder()
        .setExampleList(ExampleList.newBuilder().addAllExamples(List.of(examples)))
        .build();
  }

  private static ModelSpec.Builder model(String name) {
    return ModelSpec.newBuilder().setName(name);
  }

  private static RegressionResponse regress(String model, Input input) {
    return client()
        .regress(RegressionRequest.newBuilder().setModelSpec(model(model)).setInput(input).build());
  }

  private static ClassificationResponse classify(String model, Input input) {
    return client()
        .classify(
            ClassificationRequest.newBuilder().setModelSpec(model(model)).setInput(input).build());
  }

  private static void assertInvalid(String message, Runnable call) {
    Status status = GrpcServer.failure(call);
    assertThat(status.getDescription()).isEqualTo(message);
    assertThat(status.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
  }

  @Test
  void everyExampleGetsItsNumber() {
    RegressionResponse answer =
        regress(
            "half",
            examples(
                example(Map.of("x", floats(1), "unused", texts("any"))),
                example(Map.of("x", integer(4)))));
    assertThat(answer.getResult().getRegressionsList())
        .extracting(regression -> regression.getValue())
        .containsExactly(2.5f, 4f);
    assertThat(answer.getModelSpec().getVersion().getValue()).isEqualTo(1);
    assertThat(answer.getModelSpec().getSignatureName()).isEqualTo("serving_default");
    assertThat(
            regress("housing", examples(example(Map.of("x", floats(new float[13])))))
                .getResult()
                .getRegressionsCount())
        .isEqualTo(1);
  }

  @Test
  void everyExampleGetsTheScoresOfItsClasses() {
    ClassificationResponse answer =
        classify(
            "scores",
            examples(example(Map.of("x", floats(1, 2))), example(Map.of("x", floats(3, 4)))));
    assertThat(answer.getResult().getClassificationsList())
        .extracting(row -> row.getClassesList().stream().map(c -> c.getScore()).toList())
        .containsExactly(List.of(2f, 3f), List.of(4f, 5f));
    assertThat(answer.getResult().getClassifications(0).getClasses(0).getLabel()).isEmpty();
  }

  @Test
  void labelsComeFromTheOutputBesideTheScores() {
    ClassificationResponse answer =
        classify(
            "labelled",
            examples(example(Map.of("x", floats(0.25f, 0.75f), "names", texts("cat", "dog")))));
    assertThat(answer.getResult().getClassifications(0).getClassesList())
        .extracting(c -> c.getLabel() + " " + c.getScore())
        .containsExactly("cat 0.25", "dog 0.75");
  }

  @Test
  void theContextFillsInWhatExamplesLack() {
    Input input =
        Input.newBuilder()
            .setExampleListWithContext(
                ExampleListWithContext.newBuilder()
                    .setContext(example(Map.of("x", floats(10))))
                    .addExamples(example(Map.of("x", floats(1))))
                    .addExamples(example(Map.of())))
            .build();
    assertThat(regress("half", input).getResult().getRegressionsList())
        .extracting(regression -> regression.getValue())
        .containsExactly(2.5f, 7f);
  }

  @Test
  void examplesThatDoNotFitAreNamed() {
    assertInvalid("Input is empty", () -> regress("half", Input.getDefaultInstance()));
    assertInvalid(
        "example 1: feature 'x' is missing",
        () -> regress("half", examples(example(Map.of("x", floats(1))), example(Map.of()))));
    assertInvalid(
        "example 1: feature 'x' has 3 values (expected: 2)",
        () ->
            classify(
                "scores",
                examples(
                    example(Map.of("x", floats(1, 2))), example(Map.of("x", floats(1, 2, 3))))));
    assertInvalid(
        "example 0: feature 'x': value 0 is no DT_FLOAT",
        () -> regress("half", examples(example(Map.of("x", texts("1"))))));
  }

  @Test
  void aModelThatIsNoneOfTheKindIsRefused() {
    assertInvalid(
        "Expected classification signature method_name to be tensorflow/serving/classify."
            + " Was: tensorflow/serving/predict",
        () -> classify("half", examples(example(Map.of("x", floats(1))))));
    assertInvalid(
        "Expected regression signature method_name to be tensorflow/serving/regress."
            + " Was: tensorflow/serving/predict",
        () -> regress("scores", examples(example(Map.of("x", floats(1, 2))))));
  }

  private static InferenceTask.Builder task(String model, String method) {
    return InferenceTask.newBuilder()
        .setModelSpec(model(model))
        .setMethodName("tensorflow/serving/" + method);
  }

  @Test
  void tasksShareOneRun() {
    MultiInferenceRequest.Builder request =
        MultiInferenceRequest.newBuilder()
            .addTasks(task("half", "regress"))
            .setInput(examples(example(Map.of("x", floats(1)))));
    MultiInferenceResponse answer = client().multiInference(request.build());
    assertThat(answer.getResults(0).getRegressionResult().getRegressions(0).getValue())
        .isEqualTo(2.5f);
    assertThat(answer.getResults(0).getModelSpec().getVersion().getValue()).isEqualTo(1);
    assertInvalid(
        "Duplicate evaluation of signature: serving_default",
        () -> client().multiInference(request.clone().addTasks(task("half", "regress")).build()));
    assertInvalid(
        "All ModelSpecs in a MultiInferenceRequest must access the same model name.",
        () ->
            client().multiInference(request.clone().addTasks(task("scores", "classify")).build()));
    assertInvalid(
        "Unsupported signature method_name: tensorflow/serving/predict",
        () -> client().multiInference(request.clone().addTasks(task("half", "predict")).build()));
    assertInvalid(
        "Inference request must have at least one task",
        () -> client().multiInference(request.clone().clearTasks().build()));
  }
}
