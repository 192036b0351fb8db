package io.mlserve.protocol.oip;

import io.mlserve.fixtures.onnx.Payload;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Models with what the fixtures do not have: other element types, constant strings, outputs that
 * are no tensors. Field numbers are those of onnx.proto.
 */
public final class StrangeModels {
  static final int FLOAT = 1;
  static final int STRING = 8;
  static final int BFLOAT16 = 16;
  static final int FLOAT8E4M3FN = 17;

  private StrangeModels() {}

  /** {@code y = x}, both [N]. */
  public static Payload same(int elementType) {
    return model(
        node("Identity", "x", "y"),
        field(11, value("x", elementType)),
        field(12, value("y", elementType)));
  }

  /** {@code y = x}, and {@code z}, which is x as 8-bit floats. */
  static Payload withNarrowOutput() {
    return model(
        node("Identity", "x", "y"),
        node("Cast", "x", "z", field(5, number("to", FLOAT8E4M3FN))),
        field(11, value("x", FLOAT)),
        field(12, value("y", FLOAT)),
        field(12, value("z", FLOAT8E4M3FN)));
  }

  /** {@code y = x}, [N, 2], and {@code z}, a map for each row. */
  public static Payload withMaps() {
    byte[] labels =
        concat(text(1, "classlabels_int64s"), varint(8, 0), varint(8, 1), varint(20, 7));
    byte[] map = concat(varint(1, 7), field(2, field(1, varint(1, FLOAT))));
    byte[] maps = field(4, field(1, field(5, map)));
    return model(
        node("Identity", "x", "y"),
        node("ZipMap", "x", "z", field(5, labels), text(7, "ai.onnx.ml")),
        field(11, value("x", FLOAT, 2)),
        field(12, value("y", FLOAT, 2)),
        field(12, concat(text(1, "z"), field(2, maps))));
  }

  /** {@code y = x}, and the constants {@code s}, [2]. */
  static Payload withStrings(String first, String second) {
    byte[] constants =
        concat(varint(1, 2), varint(2, STRING), text(6, first), text(6, second), text(8, "c"));
    return model(
        node("Identity", "x", "y"),
        node("Identity", "c", "s"),
        field(5, constants),
        field(11, value("x", FLOAT)),
        field(12, value("y", FLOAT)),
        field(12, value("s", STRING)));
  }

  private static Payload model(byte[]... graph) {
    return Payload.of(
        concat(
            varint(1, 9),
            field(7, concat(text(2, "strange"), concat(graph))),
            field(8, concat(text(1, ""), varint(2, 19))),
            field(8, concat(text(1, "ai.onnx.ml"), varint(2, 1)))));
  }

  private static byte[] node(String operator, String from, String to, byte[]... more) {
    return field(1, concat(text(1, from), text(2, to), text(4, operator), concat(more)));
  }

  private static byte[] number(String name, long value) {
    return concat(text(1, name), varint(3, value), varint(20, 2));
  }

  /** A tensor [N], or [N, {@code inner}]. */
  private static byte[] value(String name, int elementType, long... inner) {
    byte[] shape = field(1, text(2, "N"));
    for (long dim : inner) {
      shape = concat(shape, field(1, varint(1, dim)));
    }
    return concat(
        text(1, name), field(2, field(1, concat(varint(1, elementType), field(2, shape)))));
  }

  private static byte[] text(int number, String value) {
    return field(number, value.getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] field(int number, byte[] payload) {
    return concat(base128((number << 3) | 2), base128(payload.length), payload);
  }

  private static byte[] varint(int number, long value) {
    return concat(base128(number << 3), base128(value));
  }

  private static byte[] base128(long value) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    long rest = value;
    for (; rest > 0x7f; rest >>>= 7) {
      out.write((int) ((rest & 0x7f) | 0x80));
    }
    out.write((int) rest);
    return out.toByteArray();
  }

  private static byte[] concat(byte[]... pieces) {
    return OipRestFixture.joined(pieces);
  }
}
