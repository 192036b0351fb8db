package io.mlserve.bench;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import io.mlserve.error.MlserveException;
import io.mlserve.model.ElementType;
import io.mlserve.model.Shape;
import io.mlserve.model.Signature;
import io.mlserve.model.Tensor;
import io.mlserve.model.TensorSpec;
import io.mlserve.wire.oip.InferTensorContents;
import io.mlserve.wire.oip.ModelInferRequest;
import io.mlserve.wire.oip.ModelInferResponse;
import io.mlserve.wire.oip.ModelMetadataRequest;
import io.mlserve.wire.oip.ModelMetadataResponse;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The Open Inference Protocol over gRPC, with tensors as raw bytes. */
final class OipGrpcDialect implements Dialect {
  private static final String SERVICE = "inference.GRPCInferenceService/";

  private final String model;
  private final String version;

  OipGrpcDialect(Target target) {
    this.model = target.model();
    this.version = target.version().isPresent() ? String.valueOf(target.version().getAsLong()) : "";
  }

  @Override
  public ServedModel describe(Questions server) {
    return new ServedModel(
        metadata(server).getVersionsList().stream().max(OipRestDialect::compareVersions));
  }

  @Override
  public Signature signature(Questions server) {
    ModelMetadataResponse metadata = metadata(server);
    return new Signature(
        specs(metadata.getInputsList()), List.copyOf(specs(metadata.getOutputsList())));
  }

  @Override
  public Request request(Map<String, Tensor> inputs) {
    ModelInferRequest.Builder request =
        ModelInferRequest.newBuilder().setModelName(model).setModelVersion(version);
    inputs.forEach(
        (name, tensor) -> {
          ModelInferRequest.InferInputTensor.Builder input =
              ModelInferRequest.InferInputTensor.newBuilder()
                  .setName(name)
                  .setDatatype(OipTypes.datatype(name, tensor.type()));
          for (long size : tensor.shape().toArray()) {
            input.addShape(size);
          }
          request.addInputs(input);
          request.addRawInputContents(UnsafeByteOperations.unsafeWrap(TensorBytes.encode(tensor)));
        });
    return new Request.Grpc(SERVICE + "ModelInfer", request.build().toByteArray());
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

  /** The tensors in the bytes of a response. */
  static RightAnswer.Tensors answer(ByteBuf body) throws IOException {
    try {
      ModelInferResponse response = ModelInferResponse.parseFrom(body.nioBuffer());
      Map<String, TensorValues> tensors = new HashMap<>();
      for (int i = 0; i < response.getOutputsCount(); i++) {
        ModelInferResponse.InferOutputTensor output = response.getOutputs(i);
        Tensor tensor =
            i < response.getRawOutputContentsCount()
                ? raw(output, response.getRawOutputContents(i))
                : typed(output);
        tensors.put(output.getName(), TensorValues.of(tensor));
      }
      return new RightAnswer.Tensors(tensors);
    } catch (InvalidProtocolBufferException | MlserveException e) {
      throw new IOException("no response of ModelInfer: " + e.getMessage(), e);
    }
  }

  private ModelMetadataResponse metadata(Questions server) {
    String method = SERVICE + "ModelMetadata";
    byte[] question =
        ModelMetadataRequest.newBuilder().setName(model).setVersion(version).build().toByteArray();
    try {
      return ModelMetadataResponse.parseFrom(server.message(method, question));
    } catch (InvalidProtocolBufferException e) {
      throw server.unexpected(method, String.valueOf(e.getMessage()));
    }
  }

  private static List<TensorSpec> specs(List<ModelMetadataResponse.TensorMetadata> tensors) {
    List<TensorSpec> specs = new ArrayList<>();
    for (ModelMetadataResponse.TensorMetadata tensor : tensors) {
      ElementType type = OipTypes.type(tensor.getName(), tensor.getDatatype());
      specs.add(new TensorSpec(tensor.getName(), type, shape(tensor.getShapeList())));
    }
    return specs;
  }

  private static Tensor raw(ModelInferResponse.InferOutputTensor output, ByteString bytes) {
    ElementType type = OipTypes.type(output.getName(), output.getDatatype());
    return TensorBytes.decode(
        output.getName(), type, shape(output.getShapeList()), bytes.asReadOnlyByteBuffer());
  }

  private static Tensor typed(ModelInferResponse.InferOutputTensor output) {
    ElementType type = OipTypes.type(output.getName(), output.getDatatype());
    InferTensorContents contents = output.getContents();
    List<JsonValue> leaves = new ArrayList<>();
    contents.getBoolContentsList().forEach(value -> leaves.add(new JsonValue.Truth(value)));
    contents.getIntContentsList().forEach(value -> leaves.add(whole(value)));
    contents.getInt64ContentsList().forEach(value -> leaves.add(whole(value)));
    contents.getUintContentsList().forEach(value -> leaves.add(whole(value & 0xffff_ffffL)));
    contents.getUint64ContentsList().forEach(value -> leaves.add(whole(value)));
    contents.getFp32ContentsList().forEach(value -> leaves.add(new JsonValue.Real(value)));
    contents.getFp64ContentsList().forEach(value -> leaves.add(new JsonValue.Real(value)));
    contents
        .getBytesContentsList()
        .forEach(value -> leaves.add(new JsonValue.Text(value.toStringUtf8())));
    return new JsonTensors("answer", new Signature(List.of(), List.of()))
        .tensor(
            output.getName(), type, shape(output.getShapeList()), new JsonValue.Listing(leaves));
  }

  private static JsonValue whole(long value) {
    return new JsonValue.Whole(java.math.BigInteger.valueOf(value));
  }

  private static Shape shape(List<Long> sizes) {
    return Shape.of(sizes.stream().mapToLong(Long::longValue).toArray());
  }
}
