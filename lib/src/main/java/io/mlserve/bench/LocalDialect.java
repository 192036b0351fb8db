package io.mlserve.bench;

import com.google.protobuf.UnsafeByteOperations;
import io.mlserve.model.InferRequest;
import io.mlserve.model.Signature;
import io.mlserve.model.Tensor;
import io.mlserve.model.Value;
import io.mlserve.wire.oip.ModelInferResponse;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/**
 * The model in this process. Where answers are compared they are written as the response that the
 * Open Inference Protocol would have, after their time was taken.
 */
final class LocalDialect implements Dialect {
  private final Target target;

  LocalDialect(Target target) {
    this.target = target;
  }

  @Override
  public ServedModel describe(Questions server) {
    throw new IllegalStateException(target.endpoint().text() + " describes itself");
  }

  @Override
  public Signature signature(Questions server) {
    throw new IllegalStateException(target.endpoint().text() + " describes itself");
  }

  @Override
  public Request request(Map<String, Tensor> inputs) {
    return new Request.Local(InferRequest.of(inputs));
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
        return OipGrpcDialect.answer(body);
      }

      @Override
      public boolean looksRight(ByteBuf body) {
        return true;
      }
    };
  }

  /** All outputs that are tensors, as bytes that {@link #tensors} reads. */
  static byte[] encode(Map<String, Value> outputs) {
    ModelInferResponse.Builder response = ModelInferResponse.newBuilder();
    outputs.forEach(
        (name, value) -> {
          if (value instanceof Tensor tensor) {
            ModelInferResponse.InferOutputTensor.Builder output =
                ModelInferResponse.InferOutputTensor.newBuilder()
                    .setName(name)
                    .setDatatype(datatype(tensor));
            for (long size : tensor.shape().toArray()) {
              output.addShape(size);
            }
            response.addOutputs(output);
            response.addRawOutputContents(
                UnsafeByteOperations.unsafeWrap(TensorBytes.encode(tensor)));
          }
        });
    return response.build().toByteArray();
  }

  // the types of eight bits have no name in the protocol; ours is read back by the same code
  private static String datatype(Tensor tensor) {
    return switch (tensor.type()) {
      case FLOAT8E4M3FN, FLOAT8E4M3FNUZ, FLOAT8E5M2, FLOAT8E5M2FNUZ -> tensor.type().name();
      case FLOAT,
          DOUBLE,
          FLOAT16,
          BFLOAT16,
          INT8,
          INT16,
          INT32,
          INT64,
          UINT8,
          UINT16,
          UINT32,
          UINT64,
          BOOL,
          STRING ->
          OipTypes.datatype("", tensor.type());
    };
  }
}
