package io.mlserve.bench;

import java.util.List;

/**
 * One input of a model, as its signature says.
 *
 * @param dtype TensorFlow's name of the element type, such as {@code DT_FLOAT}
 * @param shape sizes from the outermost; -1 where any size will do
 */
public record InputSpec(String name, String dtype, List<Long> shape) {
  public InputSpec {
    shape = List.copyOf(shape);
  }
}
