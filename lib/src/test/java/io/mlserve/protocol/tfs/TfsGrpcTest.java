package io.mlserve.protocol.tfs;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Int64Value;
import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.Status;
import io.mlserve.fixtures.onnx.ElementType;
import io.mlserve.fixtures.onnx.Models;
import io.mlserve.fixtures.onnx.Payload;
import io.mlserve.http.NettyLeaks;
import io.mlserve.server.GrpcServer;
import io.mlserve.wire.tensorflow.Code;
import io.mlserve.wire.tensorflow.DataType;
import io.mlserve.wire.tensorflow.SignatureDef;
import io.mlserve.wire.tensorflow.TensorProto;
import io.mlserve.wire.tensorflow.TensorShapeProto;
import io.mlserve.wire.tfs.GetModelMetadataRequest;
import io.mlserve.wire.tfs.GetModelMetadataResponse;
import io.mlserve.wire.tfs.GetModelStatusRequest;
import io.mlserve.wire.tfs.ModelServiceGrpc;
import io.mlserve.wire.tfs.ModelSpec;
import io.mlserve.wire.tfs.ModelVersionStatus;
import io.mlserve.wire.tfs.PredictRequest;
import io.mlserve.wire.tfs.PredictResponse;
import io.mlserve.wire.tfs.PredictionServiceGrpc;
import io.mlserve.wire.tfs.ReloadConfigRequest;
import io.mlserve.wire.tfs.SignatureDefMap;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(NettyLeaks.class)
class TfsGrpcTest {
  private static GrpcServer server;

  @BeforeAll
  static void serve(@TempDir Path folder) {
    server =
        GrpcServer.serving(
            Map.of(
                "half", write(folder.resolve("half"), Models.halfPlus(2)),
                "echo", write(folder.resolve("echo"), Models.echo(List.of(ElementType.values())))));
  }

  private static Path write(Path folder, Payload model) {
    Models.write(model, folder.resolve("model.onnx"));
    return folder;
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static PredictResponse predict(PredictRequest.Builder request) {
    return PredictionServiceGrpc.newBlockingStub(server.channel())
        .withDeadlineAfter(20, TimeUnit.SECONDS)
        .predict(request.build());
  }

  private static TensorProto.Builder tensor(DataType type, long... dims) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (long dim : dims) {
      shape.addDim(TensorShapeProto.Dim.newBuilder().setSize(dim));
    }
    return TensorProto.newBuilder().setDtype(type).setTensorShape(shape);
  }

  private static TensorProto floats(float... values) {
    TensorProto.Builder tensor = tensor(DataType.DT_FLOAT, values.length);
    for (float value : values) {
      tensor.addFloatVal(value);
    }
    return tensor.build();
  }

  private static PredictRequest.Builder half(TensorProto x) {
    return PredictRequest.newBuilder()
        .setModelSpec(ModelSpec.newBuilder().setName("half"))
        .putInputs("x", x);
  }

  private static ByteString content(float... values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      bytes.putFloat(value);
    }
    return ByteString.copyFrom(bytes.flip());
  }

  @Test
  void valuesGetValuesAndTheModelThatRan() {
    PredictResponse answer = predict(half(floats(1, 2, 5)));
    TensorProto y = answer.getOutputsOrThrow("y");
    assertThat(y.getFloatValList()).containsExactly(2.5f, 3f, 4.5f);
    assertThat(y.getTensorContent().isEmpty()).isTrue();
    assertThat(y.getDtype()).isEqualTo(DataType.DT_FLOAT);
    assertThat(y.getTensorShape().getDim(0).getSize()).isEqualTo(3);
    assertThat(answer.getModelSpec().getName()).isEqualTo("half");
    assertThat(answer.getModelSpec().getVersion().getValue()).isEqualTo(1);
    assertThat(answer.getModelSpec().getSignatureName()).isEqualTo("serving_default");
  }

  @Test
  void contentGetsContent() {
    TensorProto x = tensor(DataType.DT_FLOAT, 3).setTensorContent(content(1, 2, 5)).build();
    TensorProto y = predict(half(x)).getOutputsOrThrow("y");
    assertThat(y.getTensorContent()).isEqualTo(content(2.5f, 3, 4.5f));
    assertThat(y.getFloatValCount()).isZero();
  }

  @Test
  void theLastValueStandsForTheRestAndNoneForZeros() {
    TensorProto last = tensor(DataType.DT_FLOAT, 4).addFloatVal(2).addFloatVal(4).build();
    assertThat(predict(half(last)).getOutputsOrThrow("y").getFloatValList())
        .containsExactly(3f, 4f, 4f, 4f);
    TensorProto none = tensor(DataType.DT_FLOAT, 2).build();
    assertThat(predict(half(none)).getOutputsOrThrow("y").getFloatValList())
        .containsExactly(2f, 2f);
    TensorProto empty = tensor(DataType.DT_FLOAT, 0).build();
    assertThat(predict(half(empty)).getOutputsOrThrow("y").getFloatValCount()).isZero();
  }

  @Test
  void everyElementTypeComesBackAsItWentInInBothEncodings() {
    Random random = new Random(5);
    for (boolean asContent : new boolean[] {true, false}) {
      PredictRequest.Builder request =
          PredictRequest.newBuilder().setModelSpec(ModelSpec.newBuilder().setName("echo"));
      for (ElementType type : ElementType.values()) {
        request.putInputs(type.name().toLowerCase(Locale.ROOT), sample(type, asContent, random));
      }
      PredictResponse answer = predict(request);
      for (ElementType type : ElementType.values()) {
        String name = type.name().toLowerCase(Locale.ROOT);
        assertThat(answer.getOutputsOrThrow(name + "_out"))
            .as(name)
            .isEqualTo(request.getInputsOrThrow(name));
      }
    }
  }

  private static TensorProto sample(ElementType type, boolean asContent, Random random) {
    DataType dtype =
        switch (type.name()) {
          case "FLOAT16" -> DataType.DT_HALF;
          default -> DataType.valueOf("DT_" + type.name());
        };
    TensorProto.Builder tensor = tensor(dtype, 2);
    if (dtype == DataType.DT_STRING) {
      return tensor
          .addStringVal(ByteString.EMPTY)
          .addStringVal(ByteString.copyFromUtf8("ä"))
          .build();
    }
    if (asContent) {
      byte[] bytes = new byte[2 * bytes(dtype)];
      random.nextBytes(bytes);
      return tensor
          .setTensorContent(
              ByteString.copyFrom(dtype == DataType.DT_BOOL ? new byte[] {1, 0} : bytes))
          .build();
    }
    switch (dtype) {
      case DT_FLOAT -> tensor.addFloatVal(1.5f).addFloatVal(Float.NEGATIVE_INFINITY);
      case DT_DOUBLE -> tensor.addDoubleVal(Double.MIN_VALUE).addDoubleVal(-0.0);
      case DT_HALF, DT_BFLOAT16 -> tensor.addHalfVal(0x3c00).addHalfVal(0xfbff);
      case DT_INT8 -> tensor.addIntVal(-128).addIntVal(127);
      case DT_INT16 -> tensor.addIntVal(-32768).addIntVal(32767);
      case DT_INT32 -> tensor.addIntVal(Integer.MIN_VALUE).addIntVal(Integer.MAX_VALUE);
      case DT_UINT8 -> tensor.addIntVal(0).addIntVal(255);
      case DT_UINT16 -> tensor.addIntVal(0).addIntVal(65535);
      case DT_INT64 -> tensor.addInt64Val(Long.MIN_VALUE).addInt64Val(Long.MAX_VALUE);
      case DT_BOOL -> tensor.addBoolVal(true).addBoolVal(false);
      case DT_UINT32 -> tensor.addUint32Val(0).addUint32Val(-1);
      case DT_UINT64 -> tensor.addUint64Val(0).addUint64Val(-1);
      default -> throw new AssertionError(dtype);
    }
    return tensor.build();
  }

  private static int bytes(DataType type) {
    return switch (type) {
      case DT_DOUBLE, DT_INT64, DT_UINT64 -> 8;
      case DT_FLOAT, DT_INT32, DT_UINT32 -> 4;
      case DT_HALF, DT_BFLOAT16, DT_INT16, DT_UINT16 -> 2;
      default -> 1;
    };
  }

  private static void assertRefused(
      Status.Code code, String message, Consumer<PredictRequest.Builder> spoil) {
    PredictRequest.Builder request = half(floats(1, 2));
    spoil.accept(request);
    Status status = GrpcServer.failure(() -> predict(request));
    assertThat(status.getDescription()).isEqualTo(message);
    assertThat(status.getCode()).isEqualTo(code);
  }

  @Test
  void modelsVersionsLabelsAndSignaturesAreLookedUp() {
    assertRefused(
        Status.Code.INVALID_ARGUMENT, "Missing ModelSpec", PredictRequest.Builder::clearModelSpec);
    assertRefused(
        Status.Code.NOT_FOUND,
        "Servable not found for request: Latest(nobody)",
        request -> request.getModelSpecBuilder().setName("nobody"));
    assertRefused(
        Status.Code.NOT_FOUND,
        "Servable not found for request: Specific(half, 9)",
        request -> request.getModelSpecBuilder().setVersion(Int64Value.of(9)));
    assertRefused(
        Status.Code.INVALID_ARGUMENT,
        "Unrecognized servable version label: stable",
        request -> request.getModelSpecBuilder().setVersionLabel("stable"));
    assertRefused(
        Status.Code.NOT_FOUND,
        "Servable not found for request: Specific(half, 7)",
        request -> request.getModelSpecBuilder().setVersionLabel("7"));
    assertRefused(
        Status.Code.FAILED_PRECONDITION,
        "Serving signature key \"other\" not found.",
        request -> request.getModelSpecBuilder().setSignatureName("other"));
  }

  @Test
  void aLabelOfDigitsIsTheVersionIfNoLabelIsCalledSo() {
    PredictRequest.Builder request = half(floats(2));
    request.getModelSpecBuilder().setVersionLabel("1").setSignatureName("serving_default");
    assertThat(predict(request).getModelSpec().getVersion().getValue()).isEqualTo(1);
  }

  @Test
  void namesOfInputsHaveToBeThoseOfTheSignature() {
    assertRefused(
        Status.Code.INVALID_ARGUMENT,
        "input size does not match signature: 2!=1 len({x,z}) != len({x})."
            + " Sent extra: {z}. Missing but required: {}.",
        request -> request.putInputs("z", floats(1)));
    assertRefused(
        Status.Code.INVALID_ARGUMENT,
        "input size does not match signature: 0!=1 len({}) != len({x})."
            + " Sent extra: {}. Missing but required: {x}.",
        PredictRequest.Builder::clearInputs);
    assertRefused(
        Status.Code.INVALID_ARGUMENT,
        "input tensor alias not found in signature: z. Inputs expected to be in the set {x}.",
        request -> request.clearInputs().putInputs("z", floats(1)));
  }

  @Test
  void theFilterChoosesOutputs() {
    PredictRequest.Builder request =
        PredictRequest.newBuilder().setModelSpec(ModelSpec.newBuilder().setName("echo"));
    for (ElementType type : ElementType.values()) {
      request.putInputs(type.name().toLowerCase(Locale.ROOT), sample(type, false, new Random(1)));
    }
    request.addOutputFilter("int64_out").addOutputFilter("bool_out");
    assertThat(predict(request).getOutputsMap()).containsOnlyKeys("int64_out", "bool_out");
    assertRefused(
        Status.Code.INVALID_ARGUMENT,
        "output tensor alias not found in signature: z Outputs expected to be in the set {y}.",
        wrong -> wrong.addOutputFilter("z"));
    assertRefused(
        Status.Code.INVALID_ARGUMENT,
        "duplicate output tensor alias: y",
        wrong -> wrong.addOutputFilter("y").addOutputFilter("y"));
  }

  @Test
  void tensorsThatTheModelDoesNotTakeAreRefusedByName() {
    Map<TensorProto, String> wrong =
        Map.ofEntries(
            Map.entry(
                tensor(DataType.DT_INT32, 2).addIntVal(1).build(),
                "input 'x': dtype DT_INT32 (expected: DT_FLOAT)"),
            Map.entry(
                tensor(DataType.DT_FLOAT, 2, 1).addFloatVal(1).build(),
                "input 'x': shape [2, 1] (expected: [-1])"),
            Map.entry(
                tensor(DataType.DT_FLOAT, -1).addFloatVal(1).build(),
                "input 'x': shape [-1] is nothing that a tensor can have"),
            Map.entry(
                tensor(DataType.DT_FLOAT, 1).addFloatVal(1).addFloatVal(2).build(),
                "input 'x': 2 elements in float_val (expected: at most 1)"),
            Map.entry(
                tensor(DataType.DT_FLOAT, 2).addIntVal(1).build(),
                "input 'x': elements in int_val (expected: in float_val)"),
            Map.entry(
                tensor(DataType.DT_FLOAT, 2).setTensorContent(content(1)).build(),
                "input 'x': 4 bytes in tensor_content (expected: 2 x 4)"),
            Map.entry(
                TensorProto.newBuilder()
                    .setDtype(DataType.DT_FLOAT)
                    .setTensorShape(TensorShapeProto.newBuilder().setUnknownRank(true))
                    .build(),
                "input 'x': unknown rank (expected: the shape of its elements)"));
    wrong.forEach(
        (tensor, message) ->
            assertRefused(
                Status.Code.INVALID_ARGUMENT, message, request -> request.putInputs("x", tensor)));
  }

  @Test
  void oneValueCannotBeSpreadOverMoreMemoryThanAMessageMayHave() {
    long much = GrpcServer.MOST_MESSAGE_BYTES;
    assertRefused(
        Status.Code.RESOURCE_EXHAUSTED,
        "input 'x': " + much + " elements are too many for this server",
        request -> request.putInputs("x", tensor(DataType.DT_FLOAT, much).addFloatVal(1).build()));
  }

  @Test
  void metadataIsTheSignature() throws InvalidProtocolBufferException {
    GetModelMetadataRequest.Builder request =
        GetModelMetadataRequest.newBuilder()
            .setModelSpec(ModelSpec.newBuilder().setName("half"))
            .addMetadataField("signature_def");
    GetModelMetadataResponse answer = metadata(request);
    assertThat(answer.getModelSpec().getVersion().getValue()).isEqualTo(1);
    assertThat(answer.getMetadataOrThrow("signature_def").getTypeUrl())
        .isEqualTo("type.googleapis.com/tensorflow.serving.SignatureDefMap");
    SignatureDef signature =
        answer
            .getMetadataOrThrow("signature_def")
            .unpack(SignatureDefMap.class)
            .getSignatureDefOrThrow("serving_default");
    assertThat(signature.getMethodName()).isEqualTo("tensorflow/serving/predict");
    assertThat(signature.getInputsOrThrow("x").getDtype()).isEqualTo(DataType.DT_FLOAT);
    assertThat(signature.getInputsOrThrow("x").getTensorShape().getDim(0).getSize()).isEqualTo(-1);
    assertThat(signature.getOutputsMap()).containsOnlyKeys("y");

    assertThat(GrpcServer.failure(() -> metadata(request.clone().clearMetadataField())).getCode())
        .isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(
            GrpcServer.failure(() -> metadata(request.clone().addMetadataField("other")))
                .getDescription())
        .isEqualTo("Metadata field other is not supported");
    assertThat(
            GrpcServer.failure(() -> metadata(request.clone().clearModelSpec())).getDescription())
        .isEqualTo("Missing ModelSpec");
  }

  private static GetModelMetadataResponse metadata(GetModelMetadataRequest.Builder request) {
    return PredictionServiceGrpc.newBlockingStub(server.channel())
        .withDeadlineAfter(20, TimeUnit.SECONDS)
        .getModelMetadata(request.build());
  }

  @Test
  void statusListsVersions() {
    ModelVersionStatus status = status(ModelSpec.newBuilder().setName("half")).get(0);
    assertThat(status.getVersion()).isEqualTo(1);
    assertThat(status.getState()).isEqualTo(ModelVersionStatus.State.AVAILABLE);
    assertThat(status.getStatus().getErrorCode()).isEqualTo(Code.OK);
    assertThat(status(ModelSpec.newBuilder().setName("half").setVersion(Int64Value.of(1))))
        .hasSize(1);
    assertThat(status(ModelSpec.newBuilder().setName("half").setVersionLabel("any"))).hasSize(1);
    assertThat(GrpcServer.failure(() -> status(ModelSpec.newBuilder().setName("nobody"))))
        .satisfies(
            failure -> {
              assertThat(failure.getCode()).isEqualTo(Status.Code.NOT_FOUND);
              assertThat(failure.getDescription())
                  .isEqualTo("Could not find any versions of model nobody");
            });
    assertThat(
            GrpcServer.failure(
                    () ->
                        status(ModelSpec.newBuilder().setName("half").setVersion(Int64Value.of(9))))
                .getDescription())
        .isEqualTo("Could not find version 9 of model half");
  }

  private static List<ModelVersionStatus> status(ModelSpec.Builder spec) {
    return ModelServiceGrpc.newBlockingStub(server.channel())
        .withDeadlineAfter(20, TimeUnit.SECONDS)
        .getModelStatus(GetModelStatusRequest.newBuilder().setModelSpec(spec).build())
        .getModelVersionStatusList();
  }

  @Test
  void theListOfModelsIsNotReplacedByARequestUnlessThatIsAllowed() {
    assertThat(
            GrpcServer.failure(
                    () ->
                        ModelServiceGrpc.newBlockingStub(server.channel())
                            .handleReloadConfigRequest(ReloadConfigRequest.getDefaultInstance()))
                .getCode())
        .isEqualTo(Status.Code.PERMISSION_DENIED);
  }
}
