package io.mlserve.model;

import java.nio.ByteBuffer;

/** The elements of one input or output of one call. */
public sealed interface Tensor extends Value {
  ElementType type();

  Shape shape();

  /**
   * Elements of a fixed size, row-major.
   *
   * @param data direct, native byte order, from position 0 to limit; the maker owns the memory and
   *     says how long it is valid
   */
  record Numbers(ElementType type, Shape shape, ByteBuffer data) implements Tensor {
    public Numbers {
      if (type == ElementType.STRING) {
        throw new IllegalArgumentException("strings are no numbers");
      }
    }
  }

  /** Strings, row-major. */
  @SuppressWarnings("ArrayRecordComponent") // compared by nobody; a list would box nothing but time
  record Strings(Shape shape, String[] values) implements Tensor {
    @Override
    public ElementType type() {
      return ElementType.STRING;
    }
  }
}
