package io.mlserve.bench;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.model.Signature;
import io.mlserve.model.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** No API at all: requests are given as they are. */
final class RawDialect implements Dialect {
  @Override
  public ServedModel describe(Questions server) {
    return new ServedModel(Optional.empty());
  }

  @Override
  public Signature signature(Questions server) {
    return new Signature(List.of(), List.of());
  }

  @Override
  public Request request(Map<String, Tensor> inputs) {
    throw new MlserveException(
        ErrorCode.INVALID_ARGUMENT, "tensors for the API raw (expected: the body as it is)");
  }

  @Override
  public Optional<Request> request(byte[] bytes, JsonValue document) {
    return Optional.of(new Request.Http("POST", "/", List.of(), bytes));
  }

  @Override
  public AnswerFormat documents() {
    return AnswerFormat.BYTES;
  }

  @Override
  public AnswerFormat tensors() {
    return AnswerFormat.BYTES;
  }
}
