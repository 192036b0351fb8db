package io.mlserve.bench;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.model.ElementType;
import io.mlserve.model.Shape;
import io.mlserve.model.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Tensors as the bytes that protocols and files have for them: little-endian, without padding; each
 * string after its length in four bytes.
 */
final class TensorBytes {
  private TensorBytes() {}

  /** All elements as bytes. */
  static byte[] encode(Tensor tensor) {
    if (tensor instanceof Tensor.Strings strings) {
      return encode(strings.values());
    }
    ByteBuffer data = ((Tensor.Numbers) tensor).data().duplicate();
    byte[] bytes = new byte[data.remaining()];
    data.get(bytes);
    return bytes; // every machine that ONNX Runtime is built for is little-endian
  }

  /** A tensor of those elements; says how many bytes there should be. */
  static Tensor decode(String name, ElementType type, Shape shape, ByteBuffer bytes) {
    long elements = elements(name, shape);
    if (type == ElementType.STRING) {
      return new Tensor.Strings(shape, strings(name, elements, bytes));
    }
    if (bytes.remaining() != elements * type.bytes()) {
      throw new MlserveException(
          ErrorCode.INVALID_ARGUMENT,
          "'%s': %d bytes (expected: %d for %s of shape %s)"
              .formatted(name, bytes.remaining(), elements * type.bytes(), type, shape));
    }
    ByteBuffer data = memory(bytes.remaining());
    data.put(bytes.duplicate()).flip();
    return new Tensor.Numbers(type, shape, data);
  }

  /** The strings that {@code bytes} hold one after the other, each after its length. */
  static List<String> strings(String name, ByteBuffer bytes) {
    ByteBuffer rest = bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    List<String> found = new ArrayList<>();
    while (rest.hasRemaining()) {
      int length = rest.remaining() < 4 ? -1 : rest.getInt();
      if (length < 0 || length > rest.remaining()) {
        throw new MlserveException(
            ErrorCode.INVALID_ARGUMENT,
            "'" + name + "': strings end too early (expected: each after its length in 4 bytes)");
      }
      byte[] text = new byte[length];
      rest.get(text);
      found.add(new String(text, StandardCharsets.UTF_8));
    }
    return found;
  }

  /** Direct memory as tensors want it. */
  static ByteBuffer memory(long bytes) {
    if (bytes > Integer.MAX_VALUE) {
      throw new MlserveException(
          ErrorCode.RESOURCE_EXHAUSTED, "a tensor of " + bytes + " bytes (expected: below 2 GiB)");
    }
    return ByteBuffer.allocateDirect((int) bytes).order(ByteOrder.nativeOrder());
  }

  /** How many elements a tensor of that shape has. */
  static long elements(String name, Shape shape) {
    try {
      return shape.elements();
    } catch (ArithmeticException e) {
      throw new MlserveException(
          ErrorCode.INVALID_ARGUMENT, "'" + name + "': shape " + shape + " (expected: sizes)", e);
    }
  }

  private static String[] strings(String name, long elements, ByteBuffer bytes) {
    List<String> found = strings(name, bytes);
    if (found.size() != elements) {
      throw new MlserveException(
          ErrorCode.INVALID_ARGUMENT,
          "'%s': %d strings (expected: %d)".formatted(name, found.size(), elements));
    }
    return found.toArray(new String[0]);
  }

  private static byte[] encode(String[] values) {
    List<byte[]> texts = new ArrayList<>();
    int size = 0;
    for (String value : values) {
      byte[] text = value.getBytes(StandardCharsets.UTF_8);
      texts.add(text);
      size += 4 + text.length;
    }
    ByteBuffer bytes = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    for (byte[] text : texts) {
      bytes.putInt(text.length).put(text);
    }
    return bytes.array();
  }
}
