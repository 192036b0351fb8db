package io.mlserve.model;

/** What a model says of one output. */
public sealed interface ValueSpec permits TensorSpec, ValueSpec.Structure {
  /** As in the model. */
  String name();

  /**
   * A sequence or a map.
   *
   * @param form in ONNX's words, such as {@code seq(map(int64,float))}
   */
  record Structure(String name, String form) implements ValueSpec {
    @Override
    public String toString() {
      return name + ": " + form;
    }
  }
}
