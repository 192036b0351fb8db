package io.mlserve.protocol.oip;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.model.Shape;
import io.mlserve.model.TensorSpec;
import org.jspecify.annotations.Nullable;

/** Shapes as clients give them. */
final class OipShapes {
  private OipShapes() {}

  /** {@code INVALID_ARGUMENT} if the model does not take an input of that shape. */
  static void requireAccepted(TensorSpec spec, Shape shape) {
    if (!spec.shape().accepts(shape)) {
      throw new MlserveException(
          ErrorCode.INVALID_ARGUMENT,
          "input '" + spec.name() + "': shape " + shape + " (expected: " + spec.shape() + ")");
    }
    for (int axis = 0; axis < shape.rank(); axis++) {
      // Beside a dimension of 0 any other costs nothing, but it would be counted as rows.
      if (shape.dim(axis) > Integer.MAX_VALUE) {
        throw tooLarge(spec.name(), shape, null);
      }
    }
    elements(spec.name(), shape);
  }

  private static MlserveException tooLarge(
      String input, Shape shape, @Nullable ArithmeticException cause) {
    return new MlserveException(
        ErrorCode.INVALID_ARGUMENT,
        "input '" + input + "': shape " + shape + " is too large",
        cause);
  }

  /** The product of {@code shape}; {@code INVALID_ARGUMENT} if no tensor is so large. */
  static long elements(String input, Shape shape) {
    try {
      return shape.elements();
    } catch (ArithmeticException e) {
      throw tooLarge(input, shape, e);
    }
  }

  /**
   * The shape of an input of which only the number of elements is known: that of the signature, its
   * one open dimension counted out. {@code INVALID_ARGUMENT} if it has several.
   */
  static Shape filled(TensorSpec spec, long elements) {
    long[] dims = spec.shape().toArray();
    int open = -1;
    long others = 1;
    for (int axis = 0; axis < dims.length; axis++) {
      if (dims[axis] != Shape.ANY) {
        others *= dims[axis];
      } else if (open < 0) {
        open = axis;
      } else {
        throw new MlserveException(
            ErrorCode.INVALID_ARGUMENT,
            "input '"
                + spec.name()
                + "' has shape "
                + spec.shape()
                + " (expected for a raw request: one open dimension at most)");
      }
    }
    if (open >= 0) {
      dims[open] = others == 0 ? 0 : elements / others;
    }
    return Shape.of(dims);
  }
}
