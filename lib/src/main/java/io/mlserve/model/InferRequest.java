package io.mlserve.model;

import java.util.Map;
import java.util.Set;

/**
 * What one request asks of a model.
 *
 * @param inputs by name, all that the signature has
 * @param outputs the names of those that are wanted, in no order; empty for all
 */
public record InferRequest(Map<String, Tensor> inputs, Set<String> outputs) {
  /** A request for all outputs. */
  public static InferRequest of(Map<String, Tensor> inputs) {
    return new InferRequest(inputs, Set.of());
  }

  /** How many rows it brings: the outermost dimension of its first input; 1 for a scalar. */
  public long rows() {
    for (Tensor first : inputs.values()) {
      return first.shape().rank() == 0 ? 1 : first.shape().dim(0);
    }
    return 1;
  }
}
