package io.mlserve.protocol.json;

import com.fasterxml.jackson.core.JsonGenerator;
import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.model.HalfFloats;
import io.mlserve.model.Tensor;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;

/**
 * Writes one element of a tensor as a JSON scalar: numbers with the fewest digits that read back to
 * the same value of their type, bools as true and false, strings as strings.
 */
@FunctionalInterface
public interface ElementWriter {
  /** Writes the element at {@code index} in row-major order. */
  void write(int index) throws IOException;

  /**
   * The writer for {@code tensor}, which an error calls {@code name}. {@code UNIMPLEMENTED} for
   * types that JSON has no form for.
   */
  static ElementWriter of(JsonGenerator json, String name, Tensor tensor) {
    if (tensor instanceof Tensor.Strings strings) {
      return i -> json.writeString(strings.values()[i]);
    }
    ByteBuffer data = ((Tensor.Numbers) tensor).data();
    return switch (tensor.type()) {
      case FLOAT -> i -> json.writeNumber(data.getFloat(i * 4));
      case DOUBLE -> i -> json.writeNumber(data.getDouble(i * 8));
      case FLOAT16 -> i -> json.writeNumber(HalfFloats.fromFloat16(data.getShort(i * 2)));
      case BFLOAT16 -> i -> json.writeNumber(HalfFloats.fromBfloat16(data.getShort(i * 2)));
      case INT8 -> i -> json.writeNumber((int) data.get(i));
      case UINT8 -> i -> json.writeNumber(data.get(i) & 0xff);
      case INT16 -> i -> json.writeNumber((int) data.getShort(i * 2));
      case UINT16 -> i -> json.writeNumber(data.getShort(i * 2) & 0xffff);
      case INT32 -> i -> json.writeNumber(data.getInt(i * 4));
      case UINT32 -> i -> json.writeNumber(data.getInt(i * 4) & 0xffff_ffffL);
      case INT64 -> i -> json.writeNumber(data.getLong(i * 8));
      case UINT64 ->
          i -> json.writeNumber(new BigInteger(Long.toUnsignedString(data.getLong(i * 8))));
      case BOOL -> i -> json.writeBoolean(data.get(i) != 0);
      case FLOAT8E4M3FN, FLOAT8E4M3FNUZ, FLOAT8E5M2, FLOAT8E5M2FNUZ ->
          throw new MlserveException(
              ErrorCode.UNIMPLEMENTED,
              "'" + name + "' has elements of type " + tensor.type() + ", which JSON cannot carry");
      case STRING -> throw new IllegalStateException("strings are no numbers");
    };
  }
}
