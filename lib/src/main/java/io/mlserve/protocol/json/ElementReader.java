package io.mlserve.protocol.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.model.HalfFloats;
import io.mlserve.model.TensorSpec;
import io.mlserve.serving.TensorMemory;
import java.io.IOException;
import java.math.BigInteger;
import java.util.List;

/**
 * Reads one JSON scalar as one element of a tensor: any number that its type can hold, rounded, for
 * a float, and the words NaN and Infinity; an integer in range for an integer ({@code 1.0} is
 * none); true or false for a bool; Unicode text for a string.
 */
@FunctionalInterface
public interface ElementReader {
  /** Reads the scalar at the parser. */
  void read(JsonParser json) throws IOException;

  /** How a dialect says that what is at the parser is no such element. */
  @FunctionalInterface
  interface Refusal {
    MlserveException of(JsonParser json) throws IOException;
  }

  /** The reader for {@code spec} that appends to {@code numbers}, or to {@code strings}. */
  static ElementReader of(
      TensorSpec spec, TensorMemory.Slab numbers, List<String> strings, Refusal refusal) {
    Scalars at = new Scalars(refusal);
    return switch (spec.type()) {
      case FLOAT -> json -> numbers.room(4).putFloat(at.float32(json));
      case DOUBLE -> json -> numbers.room(8).putDouble(at.float64(json));
      case FLOAT16 -> json -> numbers.room(2).putShort(at.float16(json));
      case BFLOAT16 -> json -> numbers.room(2).putShort(at.bfloat16(json));
      case INT8 -> json -> numbers.room(1).put((byte) at.integer(json, -0x80, 0x7f));
      case UINT8 -> json -> numbers.room(1).put((byte) at.integer(json, 0, 0xff));
      case INT16 -> json -> numbers.room(2).putShort((short) at.integer(json, -0x8000, 0x7fff));
      case UINT16 -> json -> numbers.room(2).putShort((short) at.integer(json, 0, 0xffff));
      case INT32 ->
          json ->
              numbers.room(4).putInt((int) at.integer(json, Integer.MIN_VALUE, Integer.MAX_VALUE));
      case UINT32 -> json -> numbers.room(4).putInt((int) at.integer(json, 0, 0xffff_ffffL));
      case INT64 ->
          json -> numbers.room(8).putLong(at.integer(json, Long.MIN_VALUE, Long.MAX_VALUE));
      case UINT64 -> json -> numbers.room(8).putLong(at.unsignedLong(json));
      case BOOL -> json -> numbers.room(1).put(at.bool(json));
      case STRING -> json -> strings.add(at.text(json));
      case FLOAT8E4M3FN, FLOAT8E4M3FNUZ, FLOAT8E5M2, FLOAT8E5M2FNUZ ->
          throw new MlserveException(
              ErrorCode.UNIMPLEMENTED,
              "input '"
                  + spec.name()
                  + "' has elements of type "
                  + spec.type()
                  + ", which JSON cannot carry");
    };
  }

  /** The value at a parser as Java has it, or the dialect's refusal. */
  record Scalars(Refusal refusal) {
    private float float32(JsonParser json) throws IOException {
      if (!json.currentToken().isNumeric()) {
        throw refusal.of(json);
      }
      float value = RoundedNumber.float32(json);
      if (!Float.isFinite(value)) {
        requireWord(json);
      }
      return value;
    }

    private double float64(JsonParser json) throws IOException {
      if (!json.currentToken().isNumeric()) {
        throw refusal.of(json);
      }
      double value = RoundedNumber.float64(json);
      if (!Double.isFinite(value)) {
        requireWord(json);
      }
      return value;
    }

    // A number too large for its type becomes infinite, which is a mistake unless the request says
    // Infinity. (The parser's own isNaN() does not tell them apart.)
    private void requireWord(JsonParser json) throws IOException {
      String text = json.getText();
      if (!Character.isLetter(text.charAt(text.length() - 1))) {
        throw refusal.of(json);
      }
    }

    private short float16(JsonParser json) throws IOException {
      float value = float32(json);
      short bits = HalfFloats.toFloat16(value);
      requireFits(value, HalfFloats.fromFloat16(bits), json);
      return bits;
    }

    private short bfloat16(JsonParser json) throws IOException {
      float value = float32(json);
      short bits = HalfFloats.toBfloat16(value);
      requireFits(value, HalfFloats.fromBfloat16(bits), json);
      return bits;
    }

    private void requireFits(float value, float stored, JsonParser json) throws IOException {
      if (Float.isInfinite(stored) && !Float.isInfinite(value)) {
        throw refusal.of(json);
      }
    }

    private long integer(JsonParser json, long least, long most) throws IOException {
      if (json.currentToken() != JsonToken.VALUE_NUMBER_INT
          || json.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
        throw refusal.of(json);
      }
      long value = json.getLongValue();
      if (value < least || value > most) {
        throw refusal.of(json);
      }
      return value;
    }

    private long unsignedLong(JsonParser json) throws IOException {
      if (json.currentToken() != JsonToken.VALUE_NUMBER_INT) {
        throw refusal.of(json);
      }
      if (json.getNumberType() != JsonParser.NumberType.BIG_INTEGER) { // the usual: allocates none
        return integer(json, 0, Long.MAX_VALUE);
      }
      BigInteger value = json.getBigIntegerValue();
      if (value.signum() < 0 || value.bitLength() > 64) {
        throw refusal.of(json);
      }
      return value.longValue();
    }

    private byte bool(JsonParser json) throws IOException {
      if (!json.currentToken().isBoolean()) {
        throw refusal.of(json);
      }
      return (byte) (json.currentToken() == JsonToken.VALUE_TRUE ? 1 : 0);
    }

    private String text(JsonParser json) throws IOException {
      if (json.currentToken() != JsonToken.VALUE_STRING) {
        throw refusal.of(json);
      }
      String text = json.getText();
      if (!UnicodeText.isWhole(text)) {
        throw refusal.of(json);
      }
      return text;
    }
  }
}
