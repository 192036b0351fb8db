package io.mlserve.model;

import java.util.List;

/**
 * What one output of a model holds: a tensor, or one of the structures that the operators of
 * ONNX-ML make, such as the map from class to probability for each row of a classifier.
 */
public sealed interface Value permits Tensor, Value.Sequence, Value.Dictionary {
  /** Values one after another. */
  record Sequence(List<Value> elements) implements Value {
    public Sequence {
      elements = List.copyOf(elements);
    }
  }

  /**
   * Values by key, each key once.
   *
   * @param keys int64 or strings, of rank 1
   * @param values as many, of rank 1
   */
  record Dictionary(Tensor keys, Tensor values) implements Value {}
}
