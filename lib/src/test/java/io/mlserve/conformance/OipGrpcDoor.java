package io.mlserve.conformance;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.mlserve.model.ElementType;
import io.mlserve.model.Shape;
import io.mlserve.model.Tensor;
import io.mlserve.wire.oip.GRPCInferenceServiceGrpc;
import io.mlserve.wire.oip.InferTensorContents;
import io.mlserve.wire.oip.ModelInferRequest;
import io.mlserve.wire.oip.ModelInferRequest.InferInputTensor;
import io.mlserve.wire.oip.ModelInferResponse;
import io.mlserve.wire.oip.ModelInferResponse.InferOutputTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The Open Inference Protocol over gRPC, with raw or with typed contents. */
final class OipGrpcDoor implements Door {
  private final ManagedChannel channel;
  private final GRPCInferenceServiceGrpc.GRPCInferenceServiceBlockingStub stub;
  private final boolean raw;

  OipGrpcDoor(int port, boolean raw) {
    this.channel =
        NettyChannelBuilder.forAddress("127.0.0.1", port)
            .usePlaintext()
            .maxInboundMessageSize(64 << 20)
            .build();
    this.stub = GRPCInferenceServiceGrpc.newBlockingStub(channel);
    this.raw = raw;
  }

  @Override
  public String limit(Map<String, Tensor> inputs, Map<String, Tensor> outputs) {
    for (Map<String, Tensor> tensors : List.of(inputs, outputs)) {
      for (Tensor tensor : tensors.values()) {
        if (!raw
            && (tensor.type() == ElementType.FLOAT16 || tensor.type() == ElementType.BFLOAT16)) {
          return "typed contents have no field for 16-bit floats";
        }
      }
    }
    return "";
  }

  @Override
  public Map<String, Tensor> infer(
      String model, Map<String, Tensor> inputs, Map<String, Tensor> expected) {
    ModelInferRequest.Builder request = ModelInferRequest.newBuilder().setModelName(model);
    inputs.forEach(
        (name, tensor) -> {
          InferInputTensor.Builder input =
              InferInputTensor.newBuilder().setName(name).setDatatype(Datatypes.of(tensor.type()));
          for (long dim : tensor.shape().toArray()) {
            input.addShape(dim);
          }
          if (raw) {
            request.addRawInputContents(ByteString.copyFrom(Bytes.of(tensor)));
          } else {
            input.setContents(contents(tensor));
          }
          request.addInputs(input);
        });
    ModelInferResponse response = stub.modelInfer(request.build());
    Map<String, Tensor> outputs = new LinkedHashMap<>();
    for (int i = 0; i < response.getOutputsCount(); i++) {
      InferOutputTensor output = response.getOutputs(i);
      ElementType type = Datatypes.type(output.getDatatype());
      Shape shape = Shape.of(output.getShapeList().stream().mapToLong(Long::longValue).toArray());
      outputs.put(
          output.getName(),
          response.getRawOutputContentsCount() > 0
              ? Bytes.tensor(type, shape, response.getRawOutputContents(i).toByteArray())
              : tensor(type, shape, output.getContents()));
    }
    return outputs;
  }

  private static InferTensorContents contents(Tensor tensor) {
    InferTensorContents.Builder contents = InferTensorContents.newBuilder();
    if (tensor instanceof Tensor.Strings strings) {
      for (String value : strings.values()) {
        contents.addBytesContents(ByteString.copyFromUtf8(value));
      }
      return contents.build();
    }
    ByteBuffer data = ((Tensor.Numbers) tensor).data().duplicate().order(ByteOrder.LITTLE_ENDIAN);
    while (data.hasRemaining()) {
      switch (tensor.type()) {
        case FLOAT -> contents.addFp32Contents(data.getFloat());
        case DOUBLE -> contents.addFp64Contents(data.getDouble());
        case INT8 -> contents.addIntContents(data.get());
        case INT16 -> contents.addIntContents(data.getShort());
        case INT32 -> contents.addIntContents(data.getInt());
        case INT64 -> contents.addInt64Contents(data.getLong());
        case UINT8 -> contents.addUintContents(data.get() & 0xff);
        case UINT16 -> contents.addUintContents(data.getShort() & 0xffff);
        case UINT32 -> contents.addUintContents(data.getInt());
        case UINT64 -> contents.addUint64Contents(data.getLong());
        case BOOL -> contents.addBoolContents(data.get() != 0);
        case STRING, FLOAT16, BFLOAT16, FLOAT8E4M3FN, FLOAT8E4M3FNUZ, FLOAT8E5M2, FLOAT8E5M2FNUZ ->
            throw new IllegalArgumentException("no field for " + tensor.type());
      }
    }
    return contents.build();
  }

  private static Tensor tensor(ElementType type, Shape shape, InferTensorContents contents) {
    if (type == ElementType.STRING) {
      return new Tensor.Strings(
          shape,
          contents.getBytesContentsList().stream()
              .map(bytes -> bytes.toString(StandardCharsets.UTF_8))
              .toArray(String[]::new));
    }
    List<String> leaves =
        switch (type) {
          case FLOAT -> text(contents.getFp32ContentsList());
          case DOUBLE -> text(contents.getFp64ContentsList());
          case INT8, INT16, INT32 -> text(contents.getIntContentsList());
          case UINT8, UINT16, UINT32 -> text(contents.getUintContentsList());
          case INT64 -> text(contents.getInt64ContentsList());
          case UINT64 -> text(contents.getUint64ContentsList());
          case BOOL -> text(contents.getBoolContentsList());
          case STRING,
              FLOAT16,
              BFLOAT16,
              FLOAT8E4M3FN,
              FLOAT8E4M3FNUZ,
              FLOAT8E5M2,
              FLOAT8E5M2FNUZ ->
              throw new IllegalArgumentException("no field for " + type);
        };
    return JsonText.tensor(type, shape, leaves);
  }

  private static List<String> text(List<?> values) {
    return values.stream().map(String::valueOf).toList();
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }
}
