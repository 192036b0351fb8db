package io.mlserve.protocol.oip;

import com.google.protobuf.ByteString;
import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.model.ElementType;
import io.mlserve.model.Shape;
import io.mlserve.model.Tensor;
import io.mlserve.model.TensorSpec;
import io.mlserve.serving.TensorMemory;
import io.mlserve.wire.oip.InferTensorContents;
import io.mlserve.wire.oip.ModelInferRequest.InferInputTensor;
import java.nio.ByteBuffer;

/** Reads one input: checks what it says of itself, then copies its elements once. */
final class OipGrpcInput {
  private final InferInputTensor input;
  private final TensorSpec spec;
  private final TensorMemory memory;
  private final Shape shape;
  private final long elements;

  OipGrpcInput(InferInputTensor input, TensorSpec spec, TensorMemory memory) {
    this.input = input;
    this.spec = spec;
    this.memory = memory;
    String expected =
        OipTypes.datatype(spec.type())
            .orElseThrow(
                () ->
                    new MlserveException(
                        ErrorCode.UNIMPLEMENTED,
                        "input '" + spec + "' is nothing that this protocol can carry"));
    if (!input.getDatatype().equals(expected)) {
      throw invalid("datatype '" + input.getDatatype() + "' (expected: " + expected + ")");
    }
    this.shape = Shape.of(input.getShapeList().stream().mapToLong(Long::longValue).toArray());
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

  /** From {@code raw_input_contents}. */
  Tensor raw(ByteString raw) {
    if (input.hasContents()) {
      throw invalid("contents and raw_input_contents in one request (expected: one of them)");
    }
    if (spec.type() == ElementType.STRING) {
      return new Tensor.Strings(shape, rawStrings(raw));
    }
    // Division, because the product may be larger than a long.
    if (raw.size() % spec.type().bytes() != 0 || raw.size() / spec.type().bytes() != elements) {
      throw invalid(
          raw.size() + " raw bytes (expected: " + elements + " x " + spec.type().bytes() + ")");
    }
    ByteBuffer data = memory.take(spec.name(), raw.size());
    raw.copyTo(data);
    data.flip();
    if (spec.type() == ElementType.BOOL) {
      requireBooleans(data);
    }
    return new Tensor.Numbers(spec.type(), shape, data);
  }

  // To compiled code any other byte is neither true nor false.
  private void requireBooleans(ByteBuffer data) {
    for (int i = 0; i < data.limit(); i++) {
      if ((data.get(i) & ~1) != 0) {
        throw invalid("element " + i + " is the byte " + data.get(i) + " (expected: 0 or 1)");
      }
    }
  }

  private String[] rawStrings(ByteString raw) {
    if (raw.size() / Integer.BYTES < elements) {
      throw invalid(raw.size() + " raw bytes are too few for " + elements + " elements");
    }
    String[] values = new String[(int) elements];
    int at = 0;
    for (int i = 0; i < values.length; i++) {
      if (raw.size() - at < Integer.BYTES) {
        throw invalid("the raw bytes end before element " + i);
      }
      int length =
          (raw.byteAt(at) & 0xff)
              | (raw.byteAt(at + 1) & 0xff) << 8
              | (raw.byteAt(at + 2) & 0xff) << 16
              | (raw.byteAt(at + 3) & 0xff) << 24;
      at += Integer.BYTES;
      if (length < 0 || length > raw.size() - at) {
        throw invalid(
            "element "
                + i
                + " says that it has "
                + Integer.toUnsignedLong(length)
                + " bytes (expected: at most the "
                + (raw.size() - at)
                + " that are left)");
      }
      values[i] = text(raw.substring(at, at + length), i);
      at += length;
    }
    if (at != raw.size()) {
      throw invalid((raw.size() - at) + " raw bytes are left after the last element");
    }
    return values;
  }

  private String text(ByteString bytes, int index) {
    if (!bytes.isValidUtf8()) {
      throw invalid("element " + index + " is no UTF-8 text, which strings of ONNX models are");
    }
    return bytes.toStringUtf8();
  }

  /** From the field of its type. */
  Tensor typed() {
    InferTensorContents contents = input.getContents();
    OipGrpcField field =
        OipGrpcField.of(spec.type())
            .orElseThrow(
                () -> invalid(input.getDatatype() + " in contents (expected: raw_input_contents)"));
    for (OipGrpcField other : OipGrpcField.values()) {
      if (other != field && other.count(contents) > 0) {
        throw invalid("elements in " + other + " (expected: in " + field + ")");
      }
    }
    if (field.count(contents) != elements) {
      throw invalid(
          field.count(contents)
              + " elements in "
              + field
              + " (expected: "
              + elements
              + ", as many as its shape has)");
    }
    if (spec.type() == ElementType.STRING) {
      String[] values = new String[(int) elements];
      for (int i = 0; i < values.length; i++) {
        values[i] = text(contents.getBytesContents(i), i);
      }
      return new Tensor.Strings(shape, values);
    }
    ByteBuffer data = memory.take(spec.name(), elements * spec.type().bytes());
    int misfit = OipGrpcField.copy(contents, spec.type(), data);
    if (misfit >= 0) {
      throw invalid(
          "element " + misfit + " of " + field + " does not fit into " + input.getDatatype());
    }
    return new Tensor.Numbers(spec.type(), shape, data.flip());
  }

  private MlserveException invalid(String why) {
    return OipGrpcRequest.invalid("input '" + spec.name() + "': " + why);
  }
}
