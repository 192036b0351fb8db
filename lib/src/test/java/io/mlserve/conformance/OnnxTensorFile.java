package io.mlserve.conformance;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import io.mlserve.model.ElementType;
import io.mlserve.model.Shape;
import io.mlserve.model.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads ONNX's {@code TensorProto} (onnx.proto, message 12 of IR version 8) from a file. */
final class OnnxTensorFile {
  private static final ElementType[] TYPES = {
    ElementType.FLOAT, // by the number in onnx.proto, from 1 on
    ElementType.UINT8,
    ElementType.INT8,
    ElementType.UINT16,
    ElementType.INT16,
    ElementType.INT32,
    ElementType.INT64,
    ElementType.STRING,
    ElementType.BOOL,
    ElementType.FLOAT16,
    ElementType.DOUBLE,
    ElementType.UINT32,
    ElementType.UINT64
  };

  private final List<Long> dims = new ArrayList<>();
  private final List<Number> numbers = new ArrayList<>();
  private final List<String> strings = new ArrayList<>();
  private byte[] raw = new byte[0];
  private int type;

  private OnnxTensorFile() {}

  /** The tensor in {@code file}; {@code IllegalArgumentException} if it holds something else. */
  static Tensor read(Path file) throws IOException {
    OnnxTensorFile tensor = new OnnxTensorFile();
    tensor.parse(CodedInputStream.newInstance(Files.readAllBytes(file)));
    return tensor.build();
  }

  private void parse(CodedInputStream in) throws IOException {
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      boolean packed = WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED;
      switch (WireFormat.getTagFieldNumber(tag)) {
        case 1 -> numbers(in, packed, () -> dims.add(in.readInt64()));
        case 2 -> type = in.readInt32();
        case 4 -> numbers(in, packed, () -> numbers.add(in.readFloat()));
        case 5 -> numbers(in, packed, () -> numbers.add(in.readInt32()));
        case 6 -> strings.add(new String(in.readByteArray(), StandardCharsets.UTF_8));
        case 7 -> numbers(in, packed, () -> numbers.add(in.readInt64()));
        case 9 -> raw = in.readByteArray();
        case 10 -> numbers(in, packed, () -> numbers.add(in.readDouble()));
        case 11 -> numbers(in, packed, () -> numbers.add(in.readUInt64()));
        default -> in.skipField(tag);
      }
    }
  }

  private interface One {
    void read() throws IOException;
  }

  private static void numbers(CodedInputStream in, boolean packed, One one) throws IOException {
    if (!packed) {
      one.read();
      return;
    }
    int before = in.pushLimit(in.readRawVarint32());
    while (in.getBytesUntilLimit() > 0) {
      one.read();
    }
    in.popLimit(before);
  }

  private Tensor build() {
    if (type < 1 || type > TYPES.length) {
      throw new IllegalArgumentException("no tensor, or one of element type " + type);
    }
    ElementType element = TYPES[type - 1];
    Shape shape = Shape.of(dims.stream().mapToLong(Long::longValue).toArray());
    if (element == ElementType.STRING) {
      return new Tensor.Strings(shape, strings.toArray(new String[0]));
    }
    ByteBuffer data = ByteBuffer.allocateDirect((int) shape.elements() * element.bytes());
    data.order(ByteOrder.LITTLE_ENDIAN);
    if (raw.length > 0 || data.capacity() == 0) {
      data.put(raw);
    } else {
      numbers.forEach(number -> put(data, element, number));
    }
    if (data.hasRemaining()) {
      throw new IllegalArgumentException("fewer elements than " + shape);
    }
    return new Tensor.Numbers(element, shape, data.flip().order(ByteOrder.LITTLE_ENDIAN));
  }

  private static void put(ByteBuffer data, ElementType element, Number number) {
    switch (element) {
      case FLOAT -> data.putFloat(number.floatValue());
      case DOUBLE -> data.putDouble(number.doubleValue());
      default -> { // test code: the widths are all that differs
        switch (element.bytes()) {
          case 1 -> data.put(number.byteValue());
          case 2 -> data.putShort(number.shortValue());
          case 4 -> data.putInt(number.intValue());
          default -> data.putLong(number.longValue());
        }
      }
    }
  }
}
