package io.mlserve.model;

/**
 * What a model says of one input or output.
 *
 * @param name as in the model
 * @param type of its elements
 * @param shape with {@link Shape#ANY} where a request chooses
 */
public record TensorSpec(String name, ElementType type, Shape shape) implements ValueSpec {
  @Override
  public String toString() {
    return name + ": " + type + " " + shape;
  }
}
