package io.mlserve.protocol.oip;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.mlserve.fixtures.onnx.ElementType;
import io.mlserve.fixtures.onnx.Models;
import io.mlserve.http.NettyLeaks;
import io.mlserve.server.GrpcServer;
import io.mlserve.wire.oip.DataType;
import io.mlserve.wire.oip.GRPCInferenceServiceGrpc;
import io.mlserve.wire.oip.GRPCInferenceServiceGrpc.GRPCInferenceServiceBlockingStub;
import io.mlserve.wire.oip.InferParameter;
import io.mlserve.wire.oip.InferTensorContents;
import io.mlserve.wire.oip.LogSettingsRequest;
import io.mlserve.wire.oip.ModelConfig;
import io.mlserve.wire.oip.ModelConfigRequest;
import io.mlserve.wire.oip.ModelInferRequest;
import io.mlserve.wire.oip.ModelInferRequest.InferInputTensor;
import io.mlserve.wire.oip.ModelInferRequest.InferRequestedOutputTensor;
import io.mlserve.wire.oip.ModelInferResponse;
import io.mlserve.wire.oip.ModelMetadataRequest;
import io.mlserve.wire.oip.ModelMetadataResponse;
import io.mlserve.wire.oip.ModelReadyRequest;
import io.mlserve.wire.oip.ModelStatistics;
import io.mlserve.wire.oip.ModelStatisticsRequest;
import io.mlserve.wire.oip.ModelStreamInferResponse;
import io.mlserve.wire.oip.RepositoryIndexRequest;
import io.mlserve.wire.oip.RepositoryModelLoadRequest;
import io.mlserve.wire.oip.ServerLiveRequest;
import io.mlserve.wire.oip.ServerMetadataRequest;
import io.mlserve.wire.oip.ServerReadyRequest;
import io.mlserve.wire.oip.SystemSharedMemoryStatusRequest;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@ExtendWith(NettyLeaks.class)
class OipGrpcTest {
  private static GrpcServer server;

  @BeforeAll
  static void serve(@TempDir Path folder) {
    server =
        GrpcServer.serving(
            Map.of(
                "half", write(folder.resolve("half"), Models.halfPlus(2)),
                "typed", write(folder.resolve("typed"), Models.echo(TYPED)),
                "echo", write(folder.resolve("echo"), Models.echo(List.of(ElementType.values())))));
  }

  private static Path write(Path folder, io.mlserve.fixtures.onnx.Payload model) {
    Models.write(model, folder.resolve("model.onnx"));
    return folder;
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static GRPCInferenceServiceBlockingStub client() {
    return GRPCInferenceServiceGrpc.newBlockingStub(server.channel())
        .withDeadlineAfter(20, TimeUnit.SECONDS);
  }

  private static InferInputTensor.Builder x(long... shape) {
    InferInputTensor.Builder input = InferInputTensor.newBuilder().setName("x").setDatatype("FP32");
    for (long dim : shape) {
      input.addShape(dim);
    }
    return input;
  }

  private static ModelInferRequest.Builder typed(float... values) {
    InferTensorContents.Builder contents = InferTensorContents.newBuilder();
    for (float value : values) {
      contents.addFp32Contents(value);
    }
    return ModelInferRequest.newBuilder()
        .setModelName("half")
        .addInputs(x(values.length).setContents(contents));
  }

  private static ByteString floats(float... values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      bytes.putFloat(value);
    }
    return ByteString.copyFrom(bytes.flip());
  }

  private static ModelInferRequest.Builder raw(float... values) {
    return ModelInferRequest.newBuilder()
        .setModelName("half")
        .addInputs(x(values.length))
        .addRawInputContents(floats(values));
  }

  @Test
  void rawInputsGetRawOutputs() {
    ModelInferResponse answer = client().modelInfer(raw(1, 2, 5).setId("42").build());
    assertThat(answer.getModelName()).isEqualTo("half");
    assertThat(answer.getModelVersion()).isEqualTo("1");
    assertThat(answer.getId()).isEqualTo("42");
    assertThat(answer.getRawOutputContentsList()).containsExactly(floats(2.5f, 3, 4.5f));
    assertThat(answer.getOutputs(0).getName()).isEqualTo("y");
    assertThat(answer.getOutputs(0).getDatatype()).isEqualTo("FP32");
    assertThat(answer.getOutputs(0).getShapeList()).containsExactly(3L);
    assertThat(answer.getOutputs(0).hasContents()).isFalse();
  }

  @Test
  void typedInputsGetTypedOutputs() {
    ModelInferResponse answer = client().modelInfer(typed(1, 2, 5).build());
    assertThat(answer.getRawOutputContentsCount()).isZero();
    assertThat(answer.getOutputs(0).getContents().getFp32ContentsList())
        .containsExactly(2.5f, 3f, 4.5f);
  }

  @Test
  void anEmptyBatchGetsAnEmptyAnswer() {
    assertThat(client().modelInfer(raw().build()).getOutputs(0).getShapeList()).containsExactly(0L);
    assertThat(client().modelInfer(typed().build()).getOutputs(0).getShapeList())
        .containsExactly(0L);
  }

  @Test
  void theVersionMayBeNamed() {
    assertThat(client().modelInfer(raw(1).setModelVersion("1").build()).getModelVersion())
        .isEqualTo("1");
  }

  @Test
  void parametersThatNobodyKnowsAreAccepted() {
    InferParameter any = InferParameter.newBuilder().setStringParam("any").build();
    ModelInferRequest.Builder request = raw(1).putParameters("mine", any);
    request.putParameters("triton_enable_empty_final_response", any);
    request.setInputs(0, request.getInputs(0).toBuilder().putParameters("other", any));
    assertThat(client().modelInfer(request.build()).getRawOutputContents(0))
        .isEqualTo(floats(2.5f));
  }

  @ParameterizedTest
  @EnumSource
  void everyElementTypeComesBackAsItWentIn(ElementType type) {
    String name = type.name().toLowerCase(Locale.ROOT);
    ModelInferRequest.Builder request = ModelInferRequest.newBuilder().setModelName("echo");
    for (ElementType each : ElementType.values()) {
      request.addInputs(
          InferInputTensor.newBuilder()
              .setName(each.name().toLowerCase(Locale.ROOT))
              .setDatatype(datatype(each))
              .addShape(3));
      request.addRawInputContents(sample(each));
    }
    request.addOutputs(InferRequestedOutputTensor.newBuilder().setName(name + "_out"));
    ModelInferResponse answer = client().modelInfer(request.build());
    assertThat(answer.getOutputsList()).hasSize(1);
    assertThat(answer.getOutputs(0).getDatatype()).isEqualTo(datatype(type));
    assertThat(answer.getRawOutputContents(0)).isEqualTo(sample(type));
  }

  private static final List<ElementType> TYPED =
      java.util.Arrays.stream(ElementType.values())
          .filter(type -> type != ElementType.FLOAT16)
          .toList();

  private static ModelInferRequest.Builder typed(String model, List<ElementType> types) {
    ModelInferRequest.Builder request = ModelInferRequest.newBuilder().setModelName(model);
    for (ElementType each : types) {
      request.addInputs(
          InferInputTensor.newBuilder()
              .setName(each.name().toLowerCase(Locale.ROOT))
              .setDatatype(datatype(each))
              .addShape(2)
              .setContents(contents(each)));
    }
    return request;
  }

  @Test
  void typedContentsComeBackAsTheyWentIn() {
    ModelInferResponse answer = client().modelInfer(typed("typed", TYPED).build());
    assertThat(answer.getOutputsCount()).isEqualTo(TYPED.size());
    for (int i = 0; i < TYPED.size(); i++) {
      assertThat(answer.getOutputs(i).getContents())
          .as(TYPED.get(i).name())
          .isEqualTo(contents(TYPED.get(i)));
    }
  }

  @Test
  void halvesComeRawOnly() {
    Status status =
        GrpcServer.failure(
            () -> client().modelInfer(typed("echo", List.of(ElementType.values())).build()));
    assertThat(status.getDescription())
        .isEqualTo("input 'float16': FP16 in contents (expected: raw_input_contents)");
    assertThat(status.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
  }

  @Test
  void typedElementsThatDoNotFitAreRefused() {
    ModelInferRequest.Builder request = typed("typed", TYPED);
    int int8 = TYPED.indexOf(ElementType.INT8);
    request.setInputs(
        int8,
        request.getInputs(int8).toBuilder()
            .setContents(InferTensorContents.newBuilder().addIntContents(1).addIntContents(128)));
    Status status = GrpcServer.failure(() -> client().modelInfer(request.build()));
    assertThat(status.getDescription())
        .isEqualTo("input 'int8': element 1 of int_contents does not fit into INT8");
  }

  private static String datatype(ElementType type) {
    return switch (type.name()) {
      case "FLOAT" -> "FP32";
      case "DOUBLE" -> "FP64";
      case "FLOAT16" -> "FP16";
      case "BFLOAT16" -> "BF16";
      case "STRING" -> "BYTES";
      default -> type.name();
    };
  }

  private static ByteString sample(ElementType type) {
    if (type.name().equals("STRING")) {
      return strings("", "a", "äöü \uD83D\uDE00");
    }
    if (type.name().equals("BOOL")) {
      return ByteString.copyFrom(new byte[] {1, 0, 1});
    }
    int size =
        switch (datatype(type)) {
          case "FP64", "INT64", "UINT64" -> 8;
          case "FP32", "INT32", "UINT32" -> 4;
          case "FP16", "BF16", "INT16", "UINT16" -> 2;
          default -> 1;
        };
    byte[] bytes = new byte[3 * size];
    new java.util.Random(7).nextBytes(bytes);
    return ByteString.copyFrom(bytes);
  }

  private static ByteString strings(String... values) {
    ByteString all = ByteString.EMPTY;
    for (String value : values) {
      ByteString text = ByteString.copyFrom(value.getBytes(StandardCharsets.UTF_8));
      ByteBuffer length =
          ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(text.size()).flip();
      all = all.concat(ByteString.copyFrom(length)).concat(text);
    }
    return all;
  }

  private static InferTensorContents contents(ElementType type) {
    InferTensorContents.Builder contents = InferTensorContents.newBuilder();
    switch (datatype(type)) {
      case "BOOL" -> contents.addBoolContents(true).addBoolContents(false);
      case "INT8" -> contents.addIntContents(-128).addIntContents(127);
      case "INT16" -> contents.addIntContents(-32768).addIntContents(32767);
      case "INT32" -> contents.addIntContents(Integer.MIN_VALUE).addIntContents(Integer.MAX_VALUE);
      case "INT64" -> contents.addInt64Contents(Long.MIN_VALUE).addInt64Contents(Long.MAX_VALUE);
      case "UINT8" -> contents.addUintContents(0).addUintContents(255);
      case "UINT16" -> contents.addUintContents(0).addUintContents(65535);
      case "UINT32" -> contents.addUintContents(0).addUintContents(-1);
      case "UINT64" -> contents.addUint64Contents(0).addUint64Contents(-1);
      case "FP32" -> contents.addFp32Contents(1.5f).addFp32Contents(Float.NEGATIVE_INFINITY);
      case "FP64" -> contents.addFp64Contents(1.5).addFp64Contents(Double.MIN_VALUE);
      case "BYTES" ->
          contents.addBytesContents(ByteString.EMPTY).addBytesContents(strings("x").substring(4));
      default -> {}
    }
    return contents.build();
  }

  private static void assertInvalid(String because, Consumer<ModelInferRequest.Builder> spoil) {
    ModelInferRequest.Builder request = raw(1, 2);
    spoil.accept(request);
    Status status = GrpcServer.failure(() -> client().modelInfer(request.build()));
    assertThat(status.getCode()).as(because).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(status.getDescription()).isEqualTo(because);
  }

  @Test
  void inputsThatTheModelDoesNotTakeAreRefusedByName() {
    assertInvalid(
        "unexpected input 'z' (expected: x)", request -> request.setInputs(0, x(2).setName("z")));
    assertInvalid("input 'x' is missing", request -> request.clearInputs().clearRawInputContents());
    assertInvalid(
        "input 'x' is there twice",
        request -> request.addInputs(x(2)).addRawInputContents(floats(1, 2)));
    assertInvalid(
        "input 'x': datatype 'INT32' (expected: FP32)",
        request -> request.setInputs(0, x(2).setDatatype("INT32")));
    assertInvalid(
        "input 'x': datatype '' (expected: FP32)",
        request -> request.setInputs(0, x(2).setDatatype("")));
    assertInvalid(
        "input 'x': shape [2, 1] (expected: [-1])", request -> request.setInputs(0, x(2, 1)));
    assertInvalid(
        "input 'x': shape [-1] is nothing that a tensor can have",
        request -> request.setInputs(0, x(-1)));
    assertInvalid(
        "input 'x': 8 raw bytes (expected: 3 x 4)", request -> request.setInputs(0, x(3)));
    assertInvalid(
        "input 'x': 8 raw bytes (expected: 4611686018427387905 x 4)",
        request -> request.setInputs(0, x((1L << 62) + 1)));
    assertInvalid(
        "input 'x': 7 raw bytes (expected: 2 x 4)",
        request -> request.setRawInputContents(0, floats(1, 2).substring(1)));
  }

  @Test
  void rawEntriesAndInputsHaveToMatch() {
    assertInvalid(
        "raw_input_contents has 2 entries (expected: 1, one for each input)",
        request -> request.addRawInputContents(ByteString.EMPTY));
    assertInvalid(
        "input 'x': contents and raw_input_contents in one request (expected: one of them)",
        request ->
            request.setInputs(
                0, x(2).setContents(InferTensorContents.newBuilder().addFp32Contents(1))));
    assertInvalid(
        "input 'x': 0 elements in fp32_contents (expected: 2, as many as its shape has)",
        ModelInferRequest.Builder::clearRawInputContents);
    assertInvalid(
        "input 'x': elements in int_contents (expected: in fp32_contents)",
        request ->
            request
                .clearRawInputContents()
                .setInputs(
                    0, x(2).setContents(InferTensorContents.newBuilder().addIntContents(1))));
  }

  @Test
  void outputsThatTheModelDoesNotHaveAreRefusedByName() {
    InferRequestedOutputTensor.Builder y = InferRequestedOutputTensor.newBuilder().setName("y");
    assertInvalid(
        "unexpected output 'z' (expected: y)",
        request -> request.addOutputs(InferRequestedOutputTensor.newBuilder().setName("z")));
    assertInvalid("output 'y' is asked for twice", request -> request.addOutputs(y).addOutputs(y));
  }

  @Test
  void outputsComeInTheOrderInWhichTheyAreAskedFor() {
    ModelInferResponse answer =
        client()
            .modelInfer(
                typed("typed", TYPED)
                    .addOutputs(InferRequestedOutputTensor.newBuilder().setName("int64_out"))
                    .addOutputs(InferRequestedOutputTensor.newBuilder().setName("float_out"))
                    .build());
    assertThat(answer.getOutputsList())
        .extracting(ModelInferResponse.InferOutputTensor::getName)
        .containsExactly("int64_out", "float_out");
  }

  @Test
  void theLargestElementsComeAsClasses() {
    InferRequestedOutputTensor.Builder best =
        InferRequestedOutputTensor.newBuilder()
            .setName("y")
            .putParameters("classification", InferParameter.newBuilder().setInt64Param(2).build());
    ModelInferResponse answer = client().modelInfer(typed(2, 6, 4).addOutputs(best).build());
    assertThat(answer.getOutputs(0).getDatatype()).isEqualTo("BYTES");
    assertThat(answer.getOutputs(0).getContents().getBytesContentsList())
        .extracting(ByteString::toStringUtf8)
        .containsExactly("5.000000:1", "4.000000:2");
  }

  @Test
  void aRequestMayGiveItselfLessTime(@TempDir Path folder) {
    InferParameter micros = InferParameter.newBuilder().setInt64Param(1000).build();
    ModelInferRequest hurried =
        typed(1).setModelName("slow").putParameters("timeout", micros).build();
    try (GrpcServer slow = GrpcServer.serving(Map.of("slow", write(folder, Models.slow())))) {
      assertFailure(
          Status.Code.DEADLINE_EXCEEDED,
          "no answer within 1 ms",
          () ->
              GRPCInferenceServiceGrpc.newBlockingStub(slow.channel())
                  .withDeadlineAfter(20, TimeUnit.SECONDS)
                  .modelInfer(hurried));
    }
  }

  @Test
  void elementsThatAreNoneOfTheirTypeAreRefused() {
    assertThat(spoiled(ElementType.BOOL, ByteString.copyFrom(new byte[] {1, 7, 0})))
        .isEqualTo("input 'bool': element 1 is the byte 7 (expected: 0 or 1)");
    assertThat(spoiled(ElementType.STRING, strings("a", "b")))
        .isEqualTo("input 'string': 10 raw bytes are too few for 3 elements");
    assertThat(spoiled(ElementType.STRING, strings("a", "b", "c").substring(0, 14)))
        .isEqualTo(
            "input 'string': element 2 says that it has 1 bytes"
                + " (expected: at most the 0 that are left)");
    assertThat(spoiled(ElementType.STRING, strings("a", "b", "c", "d")))
        .isEqualTo("input 'string': 5 raw bytes are left after the last element");
    assertThat(
            spoiled(
                ElementType.STRING,
                ByteString.copyFrom(new byte[] {-1, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0})))
        .isEqualTo(
            "input 'string': element 0 says that it has 4294967295 bytes"
                + " (expected: at most the 8 that are left)");
    assertThat(
            spoiled(
                ElementType.STRING,
                ByteString.copyFrom(new byte[] {1, 0, 0, 0, -1, 0, 0, 0, 0, 0, 0, 0, 0})))
        .isEqualTo("input 'string': element 0 is no UTF-8 text, which strings of ONNX models are");
  }

  private static String spoiled(ElementType type, ByteString bytes) {
    ModelInferRequest.Builder request = ModelInferRequest.newBuilder().setModelName("echo");
    for (ElementType each : ElementType.values()) {
      request.addInputs(
          InferInputTensor.newBuilder()
              .setName(each.name().toLowerCase(Locale.ROOT))
              .setDatatype(datatype(each))
              .addShape(3));
      request.addRawInputContents(each == type ? bytes : sample(each));
    }
    Status status = GrpcServer.failure(() -> client().modelInfer(request.build()));
    assertThat(status.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    return String.valueOf(status.getDescription());
  }

  @Test
  void unknownModelsAndVersionsAreNotFound() {
    assertFailure(
        Status.Code.NOT_FOUND,
        "Request for unknown model: 'nobody' is not found",
        () -> client().modelInfer(raw(1).setModelName("nobody").build()));
    assertFailure(
        Status.Code.NOT_FOUND,
        "Request for unknown model: 'half' version 9 is not found",
        () -> client().modelInfer(raw(1).setModelVersion("9").build()));
    assertFailure(
        Status.Code.INVALID_ARGUMENT,
        "version 'new' of model 'half' (expected: a number)",
        () -> client().modelInfer(raw(1).setModelVersion("new").build()));
    assertFailure(
        Status.Code.NOT_FOUND,
        "Request for unknown model: 'nobody' is not found",
        () -> client().modelMetadata(ModelMetadataRequest.newBuilder().setName("nobody").build()));
  }

  private static void assertFailure(Status.Code code, String message, Runnable call) {
    Status status = GrpcServer.failure(call);
    assertThat(status.getDescription()).isEqualTo(message);
    assertThat(status.getCode()).isEqualTo(code);
  }

  @Test
  void theServerAndItsModelsAreAliveReadyAndDescribed() {
    assertThat(client().serverLive(ServerLiveRequest.getDefaultInstance()).getLive()).isTrue();
    assertThat(client().serverReady(ServerReadyRequest.getDefaultInstance()).getReady()).isTrue();
    assertThat(ready("half", "")).isTrue();
    assertThat(ready("half", "1")).isTrue();
    assertThat(ready("half", "2")).isFalse();
    assertThat(ready("nobody", "")).isFalse();
    var metadata = client().serverMetadata(ServerMetadataRequest.getDefaultInstance());
    assertThat(metadata.getName()).isEqualTo("mlserve");
    assertThat(metadata.getVersion()).matches("[0-9]+[.][0-9]+[.][0-9]+.*");
    assertThat(metadata.getExtensionsList()).contains("statistics", "model_configuration");
    ModelMetadataResponse half =
        client().modelMetadata(ModelMetadataRequest.newBuilder().setName("half").build());
    assertThat(half.getVersionsList()).containsExactly("1");
    assertThat(half.getPlatform()).isEqualTo("onnxruntime_onnx");
    assertThat(half.getInputs(0).getName()).isEqualTo("x");
    assertThat(half.getInputs(0).getDatatype()).isEqualTo("FP32");
    assertThat(half.getInputs(0).getShapeList()).containsExactly(-1L);
    assertThat(half.getOutputs(0).getName()).isEqualTo("y");
    ModelConfig config =
        client().modelConfig(ModelConfigRequest.newBuilder().setName("half").build()).getConfig();
    assertThat(config.getName()).isEqualTo("half");
    assertThat(config.getBackend()).isEqualTo("onnxruntime");
    assertThat(config.getInput(0).getDataType()).isEqualTo(DataType.TYPE_FP32);
    assertThat(config.getInput(0).getDimsList()).containsExactly(-1L);
    assertThat(config.getOutput(0).getName()).isEqualTo("y");
    assertThat(config.getModelTransactionPolicy().getDecoupled()).isFalse();
  }

  private static boolean ready(String model, String version) {
    return client()
        .modelReady(ModelReadyRequest.newBuilder().setName(model).setVersion(version).build())
        .getReady();
  }

  @Test
  void statisticsCountRowsAndRuns() {
    ModelStatistics before = statistics();
    assertThat(client().modelInfer(raw(1, 2, 3).build()).getOutputsCount()).isEqualTo(1);
    GrpcServer.failure(() -> client().modelInfer(raw(1).setInputs(0, x(3)).build()));
    org.awaitility.Awaitility.await()
        .untilAsserted(
            () -> {
              ModelStatistics after = statistics();
              assertThat(after.getInferenceCount() - before.getInferenceCount()).isEqualTo(3);
              assertThat(after.getExecutionCount() - before.getExecutionCount()).isEqualTo(1);
              assertThat(count(after, true) - count(before, true)).isEqualTo(1);
              assertThat(count(after, false) - count(before, false)).isEqualTo(1);
              assertThat(after.getInferenceStats().hasCacheHit()).isTrue();
              assertThat(after.getBatchStatsList()).anyMatch(batch -> batch.getBatchSize() == 3);
            });
    assertThat(
            client()
                .modelStatistics(ModelStatisticsRequest.getDefaultInstance())
                .getModelStatsList())
        .extracting(ModelStatistics::getName)
        .containsExactlyInAnyOrder("half", "echo", "typed");
  }

  private static long count(ModelStatistics statistics, boolean success) {
    return success
        ? statistics.getInferenceStats().getSuccess().getCount()
        : statistics.getInferenceStats().getFail().getCount();
  }

  private static ModelStatistics statistics() {
    return client()
        .modelStatistics(ModelStatisticsRequest.newBuilder().setName("half").build())
        .getModelStats(0);
  }

  @Test
  void theIndexListsEveryVersion() {
    assertThat(
            client()
                .repositoryIndex(RepositoryIndexRequest.newBuilder().setReady(true).build())
                .getModelsList())
        .extracting(model -> model.getName() + "/" + model.getVersion() + " " + model.getState())
        .containsExactlyInAnyOrder("half/1 READY", "echo/1 READY", "typed/1 READY");
  }

  @Test
  void whatIsNotOfferedSaysSo() {
    assertThat(
            GrpcServer.failure(
                    () ->
                        client()
                            .systemSharedMemoryStatus(
                                SystemSharedMemoryStatusRequest.getDefaultInstance()))
                .getCode())
        .isEqualTo(Status.Code.UNIMPLEMENTED);
    assertFailure(
        Status.Code.UNIMPLEMENTED,
        "changing how the server logs is not offered (expected: options of its command line)",
        () -> client().logSettings(LogSettingsRequest.getDefaultInstance()));
    assertFailure(
        Status.Code.UNAVAILABLE,
        "explicit model load / unload is not allowed on this port",
        () ->
            client()
                .repositoryModelLoad(
                    RepositoryModelLoadRequest.newBuilder().setModelName("half").build()));
  }

  @Test
  void aStreamAnswersInOrderAndGoesOnAfterAFailure() throws Exception {
    BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    StreamObserver<ModelInferRequest> stream =
        GRPCInferenceServiceGrpc.newStub(server.channel())
            .modelStreamInfer(
                new StreamObserver<>() {
                  @Override
                  public void onNext(ModelStreamInferResponse answer) {
                    heard.add(answer.getInferResponse().getId() + answer.getErrorMessage());
                  }

                  @Override
                  public void onError(Throwable failure) {
                    heard.add(failure.toString());
                  }

                  @Override
                  public void onCompleted() {
                    heard.add("completed");
                  }
                });
    for (int i = 0; i < 20; i++) {
      stream.onNext(raw(i).setId(Integer.toString(i)).build());
    }
    stream.onNext(raw(1).setId("bad ").setModelName("nobody").build());
    stream.onNext(raw(1).setId("worse ").setModelVersion("new").build());
    stream.onNext(raw(1).setId("good").build());
    stream.onCompleted();
    for (int i = 0; i < 20; i++) {
      assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo(Integer.toString(i));
    }
    assertThat(heard.poll(10, TimeUnit.SECONDS))
        .isEqualTo("bad Request for unknown model: 'nobody' is not found");
    assertThat(heard.poll(10, TimeUnit.SECONDS))
        .isEqualTo("worse version 'new' of model 'half' (expected: a number)");
    assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo("good");
    assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo("completed");
  }
}
