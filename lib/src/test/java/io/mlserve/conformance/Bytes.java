package io.mlserve.conformance;

import io.mlserve.model.ElementType;
import io.mlserve.model.Shape;
import io.mlserve.model.Tensor;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Tensors as bytes: little-endian, row-major, strings after their lengths. */
final class Bytes {
  private Bytes() {}

  static byte[] of(Tensor tensor) {
    if (tensor instanceof Tensor.Strings strings) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      for (String value : strings.values()) {
        byte[] text = value.getBytes(StandardCharsets.UTF_8);
        out.writeBytes(
            ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(text.length).array());
        out.writeBytes(text);
      }
      return out.toByteArray();
    }
    byte[] bytes = new byte[((Tensor.Numbers) tensor).data().remaining()];
    ((Tensor.Numbers) tensor).data().duplicate().get(bytes);
    return bytes;
  }

  static Tensor tensor(ElementType type, Shape shape, byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    if (type != ElementType.STRING) {
      ByteBuffer data = ByteBuffer.allocateDirect(bytes.length).order(ByteOrder.LITTLE_ENDIAN);
      return new Tensor.Numbers(type, shape, data.put(in).flip().order(ByteOrder.LITTLE_ENDIAN));
    }
    List<String> values = new ArrayList<>();
    while (in.hasRemaining()) {
      int length = in.getInt();
      values.add(new String(bytes, in.position(), length, StandardCharsets.UTF_8));
      in.position(in.position() + length);
    }
    return new Tensor.Strings(shape, values.toArray(new String[0]));
  }

  /** A copy that no later run can overwrite. */
  static Tensor copy(Tensor tensor) {
    return tensor(tensor.type(), tensor.shape(), of(tensor));
  }

  /** What is different, or an empty text. */
  static String difference(Tensor expected, Tensor actual) {
    if (expected.type() != actual.type()) {
      return actual.type() + " instead of " + expected.type();
    }
    if (!expected.shape().equals(actual.shape())) {
      return "shape " + actual.shape() + " instead of " + expected.shape();
    }
    return Arrays.equals(of(expected), of(actual))
        ? ""
        : "other values: " + text(actual) + " instead of " + text(expected);
  }

  private static String text(Tensor tensor) {
    String text = JsonText.flat(tensor);
    return text.length() < 120 ? text : text.substring(0, 120) + "...";
  }
}
