package io.mlserve.conformance;

import io.mlserve.model.Tensor;
import java.util.Map;

/** A client of one protocol, in one of its encodings. */
interface Door extends AutoCloseable {
  /**
   * What the server answers.
   *
   * @param expected the outputs that should come back; a protocol that does not tell types and
   *     shapes takes them from here, never values
   */
  Map<String, Tensor> infer(String model, Map<String, Tensor> inputs, Map<String, Tensor> expected)
      throws Exception;

  /** Why the protocol cannot carry this, or an empty text. */
  default String limit(Map<String, Tensor> inputs, Map<String, Tensor> outputs) {
    return "";
  }

  @Override
  void close();
}
