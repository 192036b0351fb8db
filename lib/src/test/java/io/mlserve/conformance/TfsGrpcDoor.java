package io.mlserve.conformance;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.mlserve.model.ElementType;
import io.mlserve.model.Shape;
import io.mlserve.model.Tensor;
import io.mlserve.wire.tensorflow.DataType;
import io.mlserve.wire.tensorflow.TensorProto;
import io.mlserve.wire.tensorflow.TensorShapeProto;
import io.mlserve.wire.tfs.ModelSpec;
import io.mlserve.wire.tfs.PredictRequest;
import io.mlserve.wire.tfs.PredictResponse;
import io.mlserve.wire.tfs.PredictionServiceGrpc;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** TensorFlow Serving's gRPC API, with contents as bytes or in typed fields. */
final class TfsGrpcDoor implements Door {
  private static final Map<ElementType, DataType> TYPES =
      Map.ofEntries(
          Map.entry(ElementType.FLOAT, DataType.DT_FLOAT),
          Map.entry(ElementType.DOUBLE, DataType.DT_DOUBLE),
          Map.entry(ElementType.FLOAT16, DataType.DT_HALF),
          Map.entry(ElementType.BFLOAT16, DataType.DT_BFLOAT16),
          Map.entry(ElementType.INT8, DataType.DT_INT8),
          Map.entry(ElementType.INT16, DataType.DT_INT16),
          Map.entry(ElementType.INT32, DataType.DT_INT32),
          Map.entry(ElementType.INT64, DataType.DT_INT64),
          Map.entry(ElementType.UINT8, DataType.DT_UINT8),
          Map.entry(ElementType.UINT16, DataType.DT_UINT16),
          Map.entry(ElementType.UINT32, DataType.DT_UINT32),
          Map.entry(ElementType.UINT64, DataType.DT_UINT64),
          Map.entry(ElementType.BOOL, DataType.DT_BOOL),
          Map.entry(ElementType.STRING, DataType.DT_STRING));

  private final ManagedChannel channel;
  private final PredictionServiceGrpc.PredictionServiceBlockingStub stub;
  private final boolean content;

  TfsGrpcDoor(int port, boolean content) {
    this.channel =
        NettyChannelBuilder.forAddress("127.0.0.1", port)
            .usePlaintext()
            .maxInboundMessageSize(64 << 20)
            .build();
    this.stub = PredictionServiceGrpc.newBlockingStub(channel);
    this.content = content;
  }

  @Override
  public Map<String, Tensor> infer(
      String model, Map<String, Tensor> inputs, Map<String, Tensor> expected) {
    PredictRequest.Builder request =
        PredictRequest.newBuilder().setModelSpec(ModelSpec.newBuilder().setName(model));
    inputs.forEach((name, tensor) -> request.putInputs(name, proto(tensor)));
    PredictResponse response = stub.predict(request.build());
    Map<String, Tensor> outputs = new LinkedHashMap<>();
    response.getOutputsMap().forEach((name, proto) -> outputs.put(name, tensor(proto)));
    return outputs;
  }

  private TensorProto proto(Tensor tensor) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (long dim : tensor.shape().toArray()) {
      shape.addDim(TensorShapeProto.Dim.newBuilder().setSize(dim));
    }
    DataType type = TYPES.get(tensor.type());
    if (type == null) {
      throw new IllegalArgumentException("no type for " + tensor.type());
    }
    TensorProto.Builder proto = TensorProto.newBuilder().setDtype(type).setTensorShape(shape);
    if (tensor instanceof Tensor.Strings strings) {
      for (String value : strings.values()) {
        proto.addStringVal(ByteString.copyFromUtf8(value));
      }
      return proto.build();
    }
    if (content) {
      return proto.setTensorContent(ByteString.copyFrom(Bytes.of(tensor))).build();
    }
    ByteBuffer data = ((Tensor.Numbers) tensor).data().duplicate().order(ByteOrder.LITTLE_ENDIAN);
    while (data.hasRemaining()) {
      switch (tensor.type()) {
        case FLOAT -> proto.addFloatVal(data.getFloat());
        case DOUBLE -> proto.addDoubleVal(data.getDouble());
        case FLOAT16, BFLOAT16 -> proto.addHalfVal(data.getShort() & 0xffff);
        case INT8 -> proto.addIntVal(data.get());
        case INT16 -> proto.addIntVal(data.getShort());
        case INT32 -> proto.addIntVal(data.getInt());
        case INT64 -> proto.addInt64Val(data.getLong());
        case UINT8 -> proto.addIntVal(data.get() & 0xff);
        case UINT16 -> proto.addIntVal(data.getShort() & 0xffff);
        case UINT32 -> proto.addUint32Val(data.getInt());
        case UINT64 -> proto.addUint64Val(data.getLong());
        case BOOL -> proto.addBoolVal(data.get() != 0);
        case STRING, FLOAT8E4M3FN, FLOAT8E4M3FNUZ, FLOAT8E5M2, FLOAT8E5M2FNUZ ->
            throw new IllegalArgumentException("no field for " + tensor.type());
      }
    }
    return proto.build();
  }

  private static Tensor tensor(TensorProto proto) {
    ElementType type =
        TYPES.entrySet().stream()
            .filter(entry -> entry.getValue() == proto.getDtype())
            .findFirst()
            .orElseThrow()
            .getKey();
    Shape shape =
        Shape.of(
            proto.getTensorShape().getDimList().stream()
                .mapToLong(TensorShapeProto.Dim::getSize)
                .toArray());
    if (type == ElementType.STRING) {
      return new Tensor.Strings(
          shape,
          proto.getStringValList().stream()
              .map(bytes -> bytes.toString(StandardCharsets.UTF_8))
              .toArray(String[]::new));
    }
    if (!proto.getTensorContent().isEmpty()) {
      return Bytes.tensor(type, shape, proto.getTensorContent().toByteArray());
    }
    if (type == ElementType.FLOAT16 || type == ElementType.BFLOAT16) {
      ByteBuffer halves =
          ByteBuffer.allocateDirect(2 * proto.getHalfValCount()).order(ByteOrder.LITTLE_ENDIAN);
      proto.getHalfValList().forEach(bits -> halves.putShort(bits.shortValue()));
      return new Tensor.Numbers(type, shape, halves.flip().order(ByteOrder.LITTLE_ENDIAN));
    }
    List<?> values =
        switch (type) {
          case FLOAT -> proto.getFloatValList();
          case DOUBLE -> proto.getDoubleValList();
          case INT8, INT16, INT32, UINT8, UINT16 -> proto.getIntValList();
          case INT64 -> proto.getInt64ValList();
          case UINT32 -> proto.getUint32ValList();
          case UINT64 -> proto.getUint64ValList();
          case BOOL -> proto.getBoolValList();
          default -> throw new IllegalArgumentException("no field for " + type);
        };
    return JsonText.tensor(type, shape, values.stream().map(String::valueOf).toList());
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }
}
