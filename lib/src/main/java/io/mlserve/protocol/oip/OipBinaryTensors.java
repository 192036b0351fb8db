package io.mlserve.protocol.oip;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.model.ElementType;
import io.mlserve.model.Shape;
import io.mlserve.model.Tensor;
import io.mlserve.model.TensorSpec;
import io.mlserve.serving.TensorMemory;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Tensors as bytes: little-endian, row-major, without padding; a bool is one byte, a string is its
 * length in four bytes and then itself. Little-endian is also how every machine that ONNX Runtime
 * for Java runs on has its numbers.
 */
final class OipBinaryTensors {
  private static final int LENGTH_BYTES = 4;

  private OipBinaryTensors() {}

  /** Copies {@code bytes}, all of which must be used, once. */
  static Tensor read(ByteBuf bytes, TensorSpec spec, Shape shape, TensorMemory memory) {
    long elements = OipShapes.elements(spec.name(), shape);
    if (spec.type() == ElementType.STRING) {
      return new Tensor.Strings(shape, strings(bytes, spec, elements));
    }
    int width = spec.type().bytes();
    if (elements > Integer.MAX_VALUE || bytes.readableBytes() != elements * width) {
      throw invalid(
          spec,
          bytes.readableBytes()
              + " bytes (expected: "
              + width
              + " for each element of shape "
              + shape
              + ")");
    }
    ByteBuffer data = memory.take(spec.name(), elements * width);
    bytes.getBytes(bytes.readerIndex(), data);
    data.flip();
    if (spec.type() == ElementType.BOOL) {
      toBooleans(data);
    }
    return new Tensor.Numbers(spec.type(), shape, data);
  }

  // What a bool of another value than 0 or 1 does inside a model is not defined.
  private static void toBooleans(ByteBuffer data) {
    for (int i = 0; i < data.limit(); i++) {
      data.put(i, (byte) (data.get(i) == 0 ? 0 : 1));
    }
  }

  private static String[] strings(ByteBuf bytes, TensorSpec spec, long elements) {
    ByteBuf rest = bytes.slice();
    if (elements > rest.readableBytes() / LENGTH_BYTES) { // before there is an array of that size
      throw invalid(spec, "too few bytes for " + elements + " strings");
    }
    String[] strings = new String[(int) elements];
    for (int i = 0; i < strings.length; i++) {
      if (rest.readableBytes() < LENGTH_BYTES) {
        throw invalid(spec, "the length of string " + i + " is missing");
      }
      long length = rest.readUnsignedIntLE();
      if (length > rest.readableBytes()) {
        throw invalid(
            spec, "string " + i + " of " + length + " bytes, " + rest.readableBytes() + " left");
      }
      strings[i] = text(rest.readSlice((int) length), spec, i);
    }
    if (rest.isReadable()) {
      throw invalid(spec, rest.readableBytes() + " bytes behind the last string");
    }
    return strings;
  }

  private static String text(ByteBuf bytes, TensorSpec spec, int index) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(bytes.nioBuffer()).toString();
    } catch (CharacterCodingException e) {
      throw new MlserveException(
          ErrorCode.INVALID_ARGUMENT,
          "input '"
              + spec.name()
              + "': string "
              + index
              + " is no UTF-8 text (expected: what an ONNX string can hold)",
          e);
    }
  }

  /** The whole of {@code bytes} as the one element of a tensor of strings. */
  static Tensor single(ByteBuf bytes, TensorSpec spec, Shape shape) {
    return new Tensor.Strings(shape, new String[] {text(bytes, spec, 0)});
  }

  /** How many bytes {@link #write} writes. */
  static long size(Tensor tensor) {
    if (tensor instanceof Tensor.Strings strings) {
      long size = 0;
      for (String value : strings.values()) {
        size += LENGTH_BYTES + ByteBufUtil.utf8Bytes(value);
      }
      return size;
    }
    return ((Tensor.Numbers) tensor).data().remaining();
  }

  static void write(Tensor tensor, ByteBuf bytes) {
    if (tensor instanceof Tensor.Strings strings) {
      for (String value : strings.values()) {
        bytes.writeIntLE(ByteBufUtil.utf8Bytes(value));
        ByteBufUtil.writeUtf8(bytes, value);
      }
    } else {
      bytes.writeBytes(((Tensor.Numbers) tensor).data().duplicate());
    }
  }

  private static MlserveException invalid(TensorSpec spec, String what) {
    return new MlserveException(ErrorCode.INVALID_ARGUMENT, "input '" + spec.name() + "': " + what);
  }
}
