package io.mlserve.bench;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.model.ElementType;
import io.mlserve.model.Shape;
import io.mlserve.model.Signature;
import io.mlserve.model.Tensor;
import io.mlserve.model.TensorSpec;
import io.mlserve.wire.tensorflow.DataType;
import io.mlserve.wire.tensorflow.SignatureDef;
import io.mlserve.wire.tensorflow.TensorInfo;
import io.mlserve.wire.tensorflow.TensorProto;
import io.mlserve.wire.tensorflow.TensorShapeProto;
import io.mlserve.wire.tfs.GetModelMetadataRequest;
import io.mlserve.wire.tfs.GetModelMetadataResponse;
import io.mlserve.wire.tfs.GetModelStatusRequest;
import io.mlserve.wire.tfs.GetModelStatusResponse;
import io.mlserve.wire.tfs.ModelSpec;
import io.mlserve.wire.tfs.ModelVersionStatus;
import io.mlserve.wire.tfs.PredictRequest;
import io.mlserve.wire.tfs.PredictResponse;
import io.mlserve.wire.tfs.SignatureDefMap;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** TensorFlow Serving's gRPC API, with tensors as raw bytes. */
final class TfsGrpcDialect implements Dialect {
  private static final String PREDICTION = "tensorflow.serving.PredictionService/";
  private static final String STATUS = "tensorflow.serving.ModelService/GetModelStatus";
  private static final String SIGNATURES = "signature_def";

  private final ModelSpec model;

  TfsGrpcDialect(Target target) {
    ModelSpec.Builder spec = ModelSpec.newBuilder().setName(target.model());
    if (target.version().isPresent()) {
      spec.getVersionBuilder().setValue(target.version().getAsLong());
    }
    this.model = spec.build();
  }

  @Override
  public ServedModel describe(Questions server) {
    byte[] question = GetModelStatusRequest.newBuilder().setModelSpec(model).build().toByteArray();
    try {
      return new ServedModel(
          GetModelStatusResponse.parseFrom(server.message(STATUS, question))
              .getModelVersionStatusList()
              .stream()
              .filter(version -> version.getState() == ModelVersionStatus.State.AVAILABLE)
              .map(version -> String.valueOf(version.getVersion()))
              .max(OipRestDialect::compareVersions));
    } catch (InvalidProtocolBufferException e) {
      throw server.unexpected(STATUS, String.valueOf(e.getMessage()));
    }
  }

  @Override
  public Signature signature(Questions server) {
    String method = PREDICTION + "GetModelMetadata";
    byte[] question =
        GetModelMetadataRequest.newBuilder()
            .setModelSpec(model)
            .addMetadataField(SIGNATURES)
            .build()
            .toByteArray();
    try {
      GetModelMetadataResponse answer =
          GetModelMetadataResponse.parseFrom(server.message(method, question));
      SignatureDefMap all =
          SignatureDefMap.parseFrom(answer.getMetadataOrThrow(SIGNATURES).getValue());
      SignatureDef usual = all.getSignatureDefOrThrow("serving_default");
      return new Signature(specs(usual.getInputsMap()), List.copyOf(specs(usual.getOutputsMap())));
    } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
      throw server.unexpected(method, String.valueOf(e.getMessage()));
    }
  }

  @Override
  public Request request(Map<String, Tensor> inputs) {
    PredictRequest.Builder request = PredictRequest.newBuilder().setModelSpec(model);
    inputs.forEach((name, tensor) -> request.putInputs(name, proto(tensor)));
    return new Request.Grpc(PREDICTION + "Predict", request.build().toByteArray());
  }

  @Override
  public Optional<Request> request(byte[] bytes, JsonValue document) {
    return Optional.empty();
  }

  @Override
  public AnswerFormat documents() {
    return tensors();
  }

  @Override
  public AnswerFormat tensors() {
    return new AnswerFormat() {
      @Override
      public RightAnswer read(ByteBuf body, int jsonLength) throws IOException {
        return answer(body);
      }

      @Override
      public boolean looksRight(ByteBuf body) {
        return true; // gRPC says by its status whether it is an answer
      }
    };
  }

  private static RightAnswer answer(ByteBuf body) throws IOException {
    try {
      Map<String, TensorValues> tensors = new HashMap<>();
      for (Map.Entry<String, TensorProto> output :
          PredictResponse.parseFrom(body.nioBuffer()).getOutputsMap().entrySet()) {
        tensors.put(output.getKey(), TensorValues.of(tensor(output.getKey(), output.getValue())));
      }
      return new RightAnswer.Tensors(tensors);
    } catch (InvalidProtocolBufferException | MlserveException e) {
      throw new IOException("no response of Predict: " + e.getMessage(), e);
    }
  }

  private static TensorProto proto(Tensor tensor) {
    TensorProto.Builder proto =
        TensorProto.newBuilder().setDtype(DataType.valueOf(TfsTypes.dtype(tensor.type())));
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (long size : tensor.shape().toArray()) {
      shape.addDim(TensorShapeProto.Dim.newBuilder().setSize(size));
    }
    proto.setTensorShape(shape);
    if (tensor instanceof Tensor.Strings strings) {
      for (String value : strings.values()) {
        proto.addStringVal(ByteString.copyFromUtf8(value));
      }
    } else {
      proto.setTensorContent(UnsafeByteOperations.unsafeWrap(TensorBytes.encode(tensor)));
    }
    return proto.build();
  }

  private static Tensor tensor(String name, TensorProto proto) {
    ElementType type = TfsTypes.type(name, proto.getDtype().name());
    Shape shape = shape(proto.getTensorShape());
    if (type == ElementType.STRING) {
      String[] values =
          proto.getStringValList().stream().map(ByteString::toStringUtf8).toArray(String[]::new);
      return new Tensor.Strings(shape, values);
    }
    if (!proto.getTensorContent().isEmpty()) {
      return TensorBytes.decode(name, type, shape, proto.getTensorContent().asReadOnlyByteBuffer());
    }
    int count = (int) TensorBytes.elements(name, shape);
    ByteBuffer data = TensorBytes.memory((long) count * type.bytes());
    try {
      for (int i = 0; i < count; i++) {
        put(proto, type, i, data);
      }
    } catch (IndexOutOfBoundsException e) {
      throw new MlserveException(ErrorCode.INVALID_ARGUMENT, "'" + name + "': too few elements", e);
    }
    return new Tensor.Numbers(type, shape, data.flip());
  }

  private static void put(TensorProto proto, ElementType type, int i, ByteBuffer data) {
    switch (type) {
      case FLOAT -> data.putFloat(proto.getFloatVal(i));
      case DOUBLE -> data.putDouble(proto.getDoubleVal(i));
      case INT8, UINT8 -> data.put((byte) proto.getIntVal(i));
      case INT16, UINT16 -> data.putShort((short) proto.getIntVal(i));
      case FLOAT16, BFLOAT16 -> data.putShort((short) proto.getHalfVal(i));
      case INT32 -> data.putInt(proto.getIntVal(i));
      case INT64 -> data.putLong(proto.getInt64Val(i));
      case UINT32 -> data.putInt(proto.getUint32Val(i));
      case UINT64 -> data.putLong(proto.getUint64Val(i));
      case BOOL -> data.put((byte) (proto.getBoolVal(i) ? 1 : 0));
      case FLOAT8E4M3FN, FLOAT8E4M3FNUZ, FLOAT8E5M2, FLOAT8E5M2FNUZ ->
          data.put(proto.getFloat8Val().byteAt(i));
      case STRING -> throw new IllegalStateException("strings are no numbers");
    }
  }

  // sorted, so that the same seed gives the same requests
  private static List<TensorSpec> specs(Map<String, TensorInfo> infos) {
    List<TensorSpec> specs = new ArrayList<>();
    new TreeMap<>(infos)
        .forEach(
            (name, info) ->
                specs.add(
                    new TensorSpec(
                        name,
                        TfsTypes.type(name, info.getDtype().name()),
                        shape(info.getTensorShape()))));
    return specs;
  }

  private static Shape shape(TensorShapeProto proto) {
    return Shape.of(proto.getDimList().stream().mapToLong(TensorShapeProto.Dim::getSize).toArray());
  }
}
