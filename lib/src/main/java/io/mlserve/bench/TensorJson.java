package io.mlserve.bench;

import com.fasterxml.jackson.core.JsonGenerator;
import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.model.HalfFloats;
import io.mlserve.model.Shape;
import io.mlserve.model.Tensor;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;

/** Writes tensors as JSON, nested or flat. */
final class TensorJson {
  private final JsonGenerator json;

  TensorJson(JsonGenerator json) {
    this.json = json;
  }

  /** Lists within lists, as deep as the tensor has dimensions. */
  void nested(String name, Tensor tensor) throws IOException {
    nested(name, tensor, 0, 0, (int) tensor.shape().elements());
  }

  /** One list of all elements. */
  void flat(String name, Tensor tensor) throws IOException {
    json.writeStartArray();
    int count = (int) tensor.shape().elements();
    for (int i = 0; i < count; i++) {
      element(name, tensor, i);
    }
    json.writeEndArray();
  }

  private void nested(String name, Tensor tensor, int axis, int start, int count)
      throws IOException {
    Shape shape = tensor.shape();
    if (axis == shape.rank()) {
      element(name, tensor, start);
      return;
    }
    int size = (int) shape.dim(axis);
    json.writeStartArray();
    for (int i = 0; i < size; i++) {
      nested(name, tensor, axis + 1, start + i * (count / size), count / size);
    }
    json.writeEndArray();
  }

  private void element(String name, Tensor tensor, int i) throws IOException {
    if (tensor instanceof Tensor.Strings strings) {
      json.writeString(strings.values()[i]);
      return;
    }
    ByteBuffer data = ((Tensor.Numbers) tensor).data();
    switch (tensor.type()) {
      case FLOAT -> json.writeNumber(data.getFloat(i * 4));
      case DOUBLE -> json.writeNumber(data.getDouble(i * 8));
      case FLOAT16 -> json.writeNumber(HalfFloats.fromFloat16(data.getShort(i * 2)));
      case BFLOAT16 -> json.writeNumber(HalfFloats.fromBfloat16(data.getShort(i * 2)));
      case INT8 -> json.writeNumber((int) data.get(i));
      case UINT8 -> json.writeNumber(data.get(i) & 0xff);
      case INT16 -> json.writeNumber((int) data.getShort(i * 2));
      case UINT16 -> json.writeNumber(data.getShort(i * 2) & 0xffff);
      case INT32 -> json.writeNumber(data.getInt(i * 4));
      case UINT32 -> json.writeNumber(data.getInt(i * 4) & 0xffff_ffffL);
      case INT64 -> json.writeNumber(data.getLong(i * 8));
      case UINT64 -> json.writeNumber(new BigInteger(Long.toUnsignedString(data.getLong(i * 8))));
      case BOOL -> json.writeBoolean(data.get(i) != 0);
      case FLOAT8E4M3FN, FLOAT8E4M3FNUZ, FLOAT8E5M2, FLOAT8E5M2FNUZ ->
          throw new MlserveException(
                  ErrorCode.UNIMPLEMENTED,
                  "'%s': %s (expected: a type that JSON can carry)".formatted(name, tensor.type()))
              .withHint("--api tfs-grpc carries it");
      case STRING -> throw new IllegalStateException("strings are no numbers");
    }
  }
}
