package io.mlserve.bench;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.model.ElementType;
import io.mlserve.model.Shape;
import io.mlserve.model.Tensor;
import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/** Reads a tensor as ONNX's test data sets have it: a {@code TensorProto} in a file of its own. */
final class OnnxTensorFile {
  private final String file;
  private final List<Long> dims = new ArrayList<>();
  private final List<JsonValue> leaves = new ArrayList<>();
  private ByteString raw = ByteString.EMPTY;
  private String name = "";
  private int type;

  private OnnxTensorFile(String file) {
    this.file = file;
  }

  /** The tensor, and its name, which may be empty. */
  record Named(String name, Tensor tensor) {}

  static Named read(String file, byte[] bytes) {
    OnnxTensorFile reader = new OnnxTensorFile(file);
    try {
      reader.fields(CodedInputStream.newInstance(bytes));
      return new Named(reader.name, reader.tensor());
    } catch (IOException e) {
      throw reader.wrong("it cannot be read: " + e.getMessage());
    }
  }

  private void fields(CodedInputStream in) throws IOException {
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      boolean packed = WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED;
      switch (WireFormat.getTagFieldNumber(tag)) {
        case 2 -> type = in.readInt32();
        case 6 -> leaves.add(new JsonValue.Text(in.readBytes().toStringUtf8()));
        case 8 -> name = in.readString();
        case 9 -> raw = in.readBytes();
        case 1, 4, 5, 7, 10, 11 -> numbers(in, WireFormat.getTagFieldNumber(tag), packed);
        default -> in.skipField(tag);
      }
    }
  }

  private void numbers(CodedInputStream in, int field, boolean packed) throws IOException {
    if (!packed) {
      number(in, field);
      return;
    }
    int limit = in.pushLimit(in.readRawVarint32());
    while (in.getBytesUntilLimit() > 0) {
      number(in, field);
    }
    in.popLimit(limit);
  }

  private void number(CodedInputStream in, int field) throws IOException {
    switch (field) {
      case 1 -> dims.add(in.readInt64());
      case 4 -> leaves.add(new JsonValue.Real(in.readFloat()));
      case 10 -> leaves.add(new JsonValue.Real(in.readDouble()));
      case 5 -> leaves.add(whole(in.readInt32()));
      default -> leaves.add(whole(in.readInt64()));
    }
  }

  private Tensor tensor() {
    Shape shape = Shape.of(dims.stream().mapToLong(Long::longValue).toArray());
    ElementType element = element();
    if (!raw.isEmpty() || (leaves.isEmpty() && element != ElementType.STRING)) {
      return TensorBytes.decode(file, element, shape, raw.asReadOnlyByteBuffer());
    }
    // halves and floats of eight bits lie as their bits in a field for whole numbers
    ElementType carrier =
        switch (element) {
          case FLOAT16, BFLOAT16 -> ElementType.UINT16;
          case FLOAT8E4M3FN, FLOAT8E4M3FNUZ, FLOAT8E5M2, FLOAT8E5M2FNUZ -> ElementType.UINT8;
          case FLOAT,
              DOUBLE,
              INT8,
              INT16,
              INT32,
              INT64,
              UINT8,
              UINT16,
              UINT32,
              UINT64,
              BOOL,
              STRING ->
              element;
        };
    io.mlserve.model.Signature none = new io.mlserve.model.Signature(List.of(), List.of());
    Tensor read =
        new JsonTensors(file, none).tensor(file, carrier, shape, new JsonValue.Listing(leaves));
    return read instanceof Tensor.Numbers numbers
        ? new Tensor.Numbers(element, shape, numbers.data())
        : read;
  }

  private ElementType element() {
    return switch (type) {
      case 1 -> ElementType.FLOAT;
      case 2 -> ElementType.UINT8;
      case 3 -> ElementType.INT8;
      case 4 -> ElementType.UINT16;
      case 5 -> ElementType.INT16;
      case 6 -> ElementType.INT32;
      case 7 -> ElementType.INT64;
      case 8 -> ElementType.STRING;
      case 9 -> ElementType.BOOL;
      case 10 -> ElementType.FLOAT16;
      case 11 -> ElementType.DOUBLE;
      case 12 -> ElementType.UINT32;
      case 13 -> ElementType.UINT64;
      case 16 -> ElementType.BFLOAT16;
      case 17 -> ElementType.FLOAT8E4M3FN;
      case 18 -> ElementType.FLOAT8E4M3FNUZ;
      case 19 -> ElementType.FLOAT8E5M2;
      case 20 -> ElementType.FLOAT8E5M2FNUZ;
      default -> throw wrong("elements of the type " + type);
    };
  }

  private static JsonValue whole(long value) {
    return new JsonValue.Whole(BigInteger.valueOf(value));
  }

  private MlserveException wrong(String what) {
    return new MlserveException(
        ErrorCode.INVALID_ARGUMENT, file + ": " + what + " (expected: a tensor of ONNX)");
  }
}
