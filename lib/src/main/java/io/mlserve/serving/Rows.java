package io.mlserve.serving;

import io.mlserve.model.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Rows of a tensor whose first dimension counts them. */
final class Rows {
  private Rows() {}

  /** Rows {@code first} to {@code first + count - 1}, as a view. */
  static Tensor.Numbers of(Tensor.Numbers whole, int first, int count) {
    int row = bytes(whole);
    return new Tensor.Numbers(
        whole.type(), whole.shape().withDim(0, count), view(whole, first * row, count * row));
  }

  /**
   * The same as a copy in {@code memory}, the last of them repeated until there are {@code all}.
   */
  static Tensor.Numbers filled(
      Tensor.Numbers whole, int first, int count, int all, ByteBuffer memory) {
    int row = bytes(whole);
    memory.put(0, whole.data(), first * row, count * row);
    for (int i = count; i < all; i++) {
      memory.put(i * row, whole.data(), (first + count - 1) * row, row);
    }
    return new Tensor.Numbers(whole.type(), whole.shape().withDim(0, all), memory);
  }

  /** How many bytes one takes; the tensor has one at least. */
  static int bytes(Tensor.Numbers whole) {
    return (int) (whole.data().limit() / whole.shape().dim(0));
  }

  private static ByteBuffer view(Tensor.Numbers whole, int from, int length) {
    return whole.data().slice(from, length).order(ByteOrder.nativeOrder());
  }
}
