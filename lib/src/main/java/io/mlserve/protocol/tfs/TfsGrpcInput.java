package io.mlserve.protocol.tfs;

import com.google.protobuf.ByteString;
import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.model.ElementType;
import io.mlserve.model.Shape;
import io.mlserve.model.Tensor;
import io.mlserve.model.TensorSpec;
import io.mlserve.serving.TensorMemory;
import io.mlserve.wire.tensorflow.DataType;
import io.mlserve.wire.tensorflow.TensorProto;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Reads one input: its content as it is, or the values of the field of its type. */
final class TfsGrpcInput {
  private final TensorProto input;
  private final TensorSpec spec;
  private final TensorMemory memory;
  private final long mostBytes;
  private final Shape shape;
  private final long elements;

  /**
   * @param mostBytes that values which stand for many elements may grow to
   */
  TfsGrpcInput(TensorProto input, TensorSpec spec, TensorMemory memory, long mostBytes) {
    this.input = input;
    this.spec = spec;
    this.memory = memory;
    this.mostBytes = mostBytes;
    DataType expected = TfsGrpcTypes.dataType(spec.type());
    if (input.getDtypeValue() != expected.getNumber()) {
      DataType got = input.getDtype();
      throw invalid(
          "dtype "
              + (got == DataType.UNRECOGNIZED ? Integer.toString(input.getDtypeValue()) : got)
              + " (expected: "
              + expected
              + ")");
    }
    if (input.getTensorShape().getUnknownRank()) {
      throw invalid("unknown rank (expected: the shape of its elements)");
    }
    this.shape =
        Shape.of(
            input.getTensorShape().getDimList().stream().mapToLong(d -> d.getSize()).toArray());
    if (!spec.shape().accepts(shape)) {
      throw invalid("shape " + shape + " (expected: " + spec.shape() + ")");
    }
    this.elements = elements();
  }

  private long elements() {
    try {
      return shape.elements();
    } catch (ArithmeticException e) { // too many, or less than none
      throw invalid("shape " + shape + " is nothing that a tensor can have");
    }
  }

  Tensor read() {
    ByteString content = input.getTensorContent();
    if (spec.type() == ElementType.STRING) {
      if (!content.isEmpty()) {
        throw invalid("strings in tensor_content (expected: in string_val)");
      }
      return strings();
    }
    return new Tensor.Numbers(spec.type(), shape, content.isEmpty() ? values() : copied(content));
  }

  private ByteBuffer copied(ByteString content) {
    int bytes = spec.type().bytes();
    // Division, because the product may be larger than a long.
    if (content.size() % bytes != 0 || content.size() / bytes != elements) {
      throw invalid(
          content.size() + " bytes in tensor_content (expected: " + elements + " x " + bytes + ")");
    }
    ByteBuffer data = memory.take(spec.name(), content.size());
    content.copyTo(data);
    data.flip();
    for (int i = 0; spec.type() == ElementType.BOOL && i < data.limit(); i++) {
      if ((data.get(i) & ~1) != 0) { // to compiled code neither true nor false
        throw invalid("element " + i + " is the byte " + data.get(i) + " (expected: 0 or 1)");
      }
    }
    return data;
  }

  private ByteBuffer values() {
    TfsGrpcField field = TfsGrpcField.of(spec.type());
    int given = count(field);
    long size = spread(spec.type().bytes());
    ByteBuffer data = memory.take(spec.name(), size);
    int misfit = field.copy(input, spec.type(), data);
    if (misfit >= 0) {
      throw invalid(
          "element " + misfit + " of " + field + " does not fit into " + input.getDtype());
    }
    fill(data, given);
    return data.flip();
  }

  private int count(TfsGrpcField field) {
    for (TfsGrpcField other : TfsGrpcField.values()) {
      if (other != field && other.count(input) > 0) {
        throw invalid("elements in " + other + " (expected: in " + field + ")");
      }
    }
    int given = field.count(input);
    if (given > elements) {
      throw invalid(given + " elements in " + field + " (expected: at most " + elements + ")");
    }
    return given;
  }

  // A few bytes may ask for a tensor of any size.
  private long spread(int bytes) {
    if (elements > mostBytes / bytes) {
      throw new MlserveException(
          ErrorCode.RESOURCE_EXHAUSTED,
          "input '" + spec.name() + "': " + elements + " elements are too many for this server");
    }
    return elements * bytes;
  }

  /** The last value stands for those that are missing; none at all for zeros. */
  private void fill(ByteBuffer data, int given) {
    int bytes = spec.type().bytes();
    byte[] last = new byte[bytes];
    if (given > 0) {
      data.get(data.position() - bytes, last);
    }
    while (data.hasRemaining()) {
      data.put(last);
    }
  }

  private Tensor strings() {
    int given = count(TfsGrpcField.STRING_VAL);
    spread(Long.BYTES);
    String[] values = new String[(int) elements];
    Arrays.fill(values, "");
    for (int i = 0; i < given; i++) {
      ByteString bytes = input.getStringVal(i);
      if (!bytes.isValidUtf8()) {
        throw invalid("element " + i + " is no UTF-8 text, which strings of ONNX models are");
      }
      values[i] = bytes.toStringUtf8();
    }
    if (given > 0) {
      Arrays.fill(values, given, values.length, values[given - 1]);
    }
    return new Tensor.Strings(shape, values);
  }

  private MlserveException invalid(String why) {
    return new MlserveException(ErrorCode.INVALID_ARGUMENT, "input '" + spec.name() + "': " + why);
  }
}
