package io.mlserve.model;

import java.util.Arrays;

/**
 * The dimensions of a tensor, outermost first. In a signature a dimension may be {@link #ANY}; in a
 * tensor none is. No dimensions at all is a scalar.
 */
public final class Shape {
  /** A dimension that each request chooses. */
  public static final long ANY = -1;

  public static final Shape SCALAR = new Shape(new long[0]);

  private final long[] dims;

  private Shape(long[] dims) {
    this.dims = dims;
  }

  public static Shape of(long... dims) {
    return new Shape(dims.clone());
  }

  public int rank() {
    return dims.length;
  }

  public long dim(int axis) {
    return dims[axis];
  }

  /** A copy. */
  public long[] toArray() {
    return dims.clone();
  }

  /** The same with {@code dim} for the dimension at {@code axis}; itself if that is so already. */
  public Shape withDim(int axis, long dim) {
    if (dims[axis] == dim) {
      return this;
    }
    long[] other = dims.clone();
    other[axis] = dim;
    return new Shape(other);
  }

  /** The number of elements; {@code ArithmeticException} beyond 2^63, or if a dimension is open. */
  public long elements() {
    boolean empty = false;
    for (long dim : dims) {
      if (dim < 0) {
        throw new ArithmeticException("open dimension in " + this);
      }
      empty |= dim == 0;
    }
    if (empty) { // however large the other dimensions
      return 0;
    }
    long elements = 1;
    for (long dim : dims) {
      elements = Math.multiplyExact(elements, dim);
    }
    return elements;
  }

  /** Whether a tensor of shape {@code actual} can be given where this shape is asked for. */
  public boolean accepts(Shape actual) {
    if (actual.rank() != rank()) {
      return false;
    }
    for (int axis = 0; axis < dims.length; axis++) {
      if (dims[axis] != ANY && dims[axis] != actual.dims[axis]) {
        return false;
      }
    }
    return true;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Shape shape && Arrays.equals(dims, shape.dims);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(dims);
  }

  @Override
  public String toString() {
    return Arrays.toString(dims);
  }
}
