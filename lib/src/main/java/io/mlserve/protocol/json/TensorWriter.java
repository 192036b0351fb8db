package io.mlserve.protocol.json;

import com.fasterxml.jackson.core.JsonGenerator;
import io.mlserve.model.HalfFloats;
import io.mlserve.model.Shape;
import io.mlserve.model.Tensor;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Writes the numbers of a tensor as JSON arrays straight into the bytes of an answer, past the
 * generator that writes what is around them. The text is that of {@link ElementWriter}. For one
 * answer, on one thread.
 */
public final class TensorWriter {
  private final Tensor.Numbers tensor;
  private final ByteBuffer data;
  private final NumberWriter out;

  private TensorWriter(Tensor.Numbers tensor, ByteBuf bytes) {
    this.tensor = tensor;
    this.data = tensor.data();
    this.out = new NumberWriter(bytes);
  }

  /** Whether JSON has a form for the elements of {@code tensor}, which are numbers. */
  public static boolean isOffered(Tensor tensor) {
    return NumberArrays.isOffered(tensor.type());
  }

  /** Writes {@code tensor} as arrays nested like its shape. */
  public static void nested(Tensor.Numbers tensor, ByteBuf bytes) {
    TensorWriter writer = new TensorWriter(tensor, bytes);
    writer.block(0, 0);
    writer.out.flush();
  }

  /**
   * Writes as the next value what lies at {@code row} of the outermost dimension.
   *
   * @param json over a {@link ByteBufOutputStream}
   */
  public static void row(JsonGenerator json, Tensor.Numbers tensor, int row) throws IOException {
    TensorWriter writer = new TensorWriter(tensor, bytes(json));
    Shape shape = tensor.shape();
    writer.block(1, (int) (row * (shape.elements() / shape.dim(0))));
    writer.out.flush();
  }

  /**
   * Writes {@code tensor} as the next value: arrays nested like its shape.
   *
   * @param json over a {@link ByteBufOutputStream}
   */
  public static void nested(JsonGenerator json, Tensor.Numbers tensor) throws IOException {
    nested(tensor, bytes(json));
  }

  /**
   * Writes all elements as the next value: one array.
   *
   * @param json over a {@link ByteBufOutputStream}
   */
  public static void flat(JsonGenerator json, Tensor.Numbers tensor) throws IOException {
    TensorWriter writer = new TensorWriter(tensor, bytes(json));
    writer.elements(0, (int) tensor.shape().elements());
    writer.out.flush();
  }

  // The generator takes an empty text for the value, and writes what it has before we do.
  private static ByteBuf bytes(JsonGenerator json) throws IOException {
    json.writeRawValue("");
    json.flush();
    return ((ByteBufOutputStream) json.getOutputTarget()).buffer();
  }

  /** Writes the block that starts at element {@code at}; returns where the next one starts. */
  private int block(int axis, int at) {
    Shape shape = tensor.shape();
    if (axis == shape.rank()) {
      element(at);
      return at + 1;
    }
    int length = (int) shape.dim(axis);
    if (axis == shape.rank() - 1) {
      elements(at, length);
      return at + length;
    }
    int next = at;
    out.write('[');
    for (int i = 0; i < length; i++) {
      if (i > 0) {
        out.write(',');
      }
      next = block(axis + 1, next);
    }
    out.write(']');
    return next;
  }

  private void elements(int from, int count) {
    out.write('[');
    for (int i = 0; i < count; i++) {
      if (i > 0) {
        out.write(',');
      }
      element(from + i);
    }
    out.write(']');
  }

  private void element(int i) {
    switch (tensor.type()) {
      case FLOAT -> out.write(data.getFloat(i * 4));
      case DOUBLE -> out.write(data.getDouble(i * 8));
      case FLOAT16 -> out.write(HalfFloats.fromFloat16(data.getShort(i * 2)));
      case BFLOAT16 -> out.write(HalfFloats.fromBfloat16(data.getShort(i * 2)));
      case INT8 -> out.write((long) data.get(i));
      case UINT8 -> out.write(data.get(i) & 0xffL);
      case INT16 -> out.write((long) data.getShort(i * 2));
      case UINT16 -> out.write(data.getShort(i * 2) & 0xffffL);
      case INT32 -> out.write((long) data.getInt(i * 4));
      case UINT32 -> out.write(data.getInt(i * 4) & 0xffff_ffffL);
      case INT64 -> out.write(data.getLong(i * 8));
      case UINT64 -> out.writeUnsigned(data.getLong(i * 8));
      case BOOL -> out.write(data.get(i) != 0);
      case STRING, FLOAT8E4M3FN, FLOAT8E4M3FNUZ, FLOAT8E5M2, FLOAT8E5M2FNUZ ->
          throw new IllegalStateException("no form for " + tensor.type());
    }
  }
}
