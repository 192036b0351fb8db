package io.mlserve.protocol.tfs;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.model.HalfFloats;
import io.mlserve.model.TensorSpec;
import io.mlserve.protocol.json.RoundedNumber;
import io.mlserve.serving.TensorMemory;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/**
 * Reads one JSON value as one element of a tensor, by TensorFlow Serving's rules: any number for a
 * float, an integer in range for an integer ({@code 1.0} is none), true or false for a bool, a
 * string or {@code {"b64": "..."}} for a string.
 */
@FunctionalInterface
interface ElementReader {
  /** Reads the scalar, or b64 object (at its brace or its name), at the parser. */
  void read(JsonParser json) throws IOException;

  /** The reader for {@code spec} that appends to {@code numbers}, or to {@code strings}. */
  static ElementReader of(TensorSpec spec, TensorMemory.Slab numbers, List<String> strings) {
    return switch (spec.type()) {
      case FLOAT -> json -> numbers.room(4).putFloat(floatAt(json, spec));
      case DOUBLE -> json -> numbers.room(8).putDouble(doubleAt(json, spec));
      case FLOAT16 -> json -> numbers.room(2).putShort(float16At(json, spec));
      case BFLOAT16 -> json -> numbers.room(2).putShort(bfloat16At(json, spec));
      case FLOAT8E4M3FN, FLOAT8E4M3FNUZ, FLOAT8E5M2, FLOAT8E5M2FNUZ ->
          throw new MlserveException(
              ErrorCode.UNIMPLEMENTED,
              "input '"
                  + spec.name()
                  + "' has elements of type "
                  + spec.type()
                  + ", which JSON cannot carry");
      case INT8 -> json -> numbers.room(1).put((byte) integerAt(json, spec, -0x80, 0x7f));
      case UINT8 -> json -> numbers.room(1).put((byte) integerAt(json, spec, 0, 0xff));
      case INT16 ->
          json -> numbers.room(2).putShort((short) integerAt(json, spec, -0x8000, 0x7fff));
      case UINT16 -> json -> numbers.room(2).putShort((short) integerAt(json, spec, 0, 0xffff));
      case INT32 ->
          json ->
              numbers
                  .room(4)
                  .putInt((int) integerAt(json, spec, Integer.MIN_VALUE, Integer.MAX_VALUE));
      case UINT32 -> json -> numbers.room(4).putInt((int) integerAt(json, spec, 0, 0xffff_ffffL));
      case INT64 ->
          json -> numbers.room(8).putLong(integerAt(json, spec, Long.MIN_VALUE, Long.MAX_VALUE));
      case UINT64 -> json -> numbers.room(8).putLong(unsignedLongAt(json, spec));
      case BOOL -> json -> numbers.room(1).put(booleanAt(json, spec));
      case STRING -> json -> strings.add(stringAt(json, spec));
    };
  }

  private static short float16At(JsonParser json, TensorSpec spec) throws IOException {
    float value = floatAt(json, spec);
    short bits = HalfFloats.toFloat16(value);
    requireFits(value, HalfFloats.fromFloat16(bits), json, spec);
    return bits;
  }

  private static short bfloat16At(JsonParser json, TensorSpec spec) throws IOException {
    float value = floatAt(json, spec);
    short bits = HalfFloats.toBfloat16(value);
    requireFits(value, HalfFloats.fromBfloat16(bits), json, spec);
    return bits;
  }

  private static void requireFits(float value, float stored, JsonParser json, TensorSpec spec)
      throws IOException {
    if (Float.isInfinite(stored) && !Float.isInfinite(value)) {
      throw wrongType(json, spec);
    }
  }

  private static float floatAt(JsonParser json, TensorSpec spec) throws IOException {
    if (!json.currentToken().isNumeric()) {
      throw wrongType(json, spec);
    }
    float value = RoundedNumber.float32(json);
    if (!Float.isFinite(value)) {
      requireWord(json, spec);
    }
    return value;
  }

  private static double doubleAt(JsonParser json, TensorSpec spec) throws IOException {
    if (!json.currentToken().isNumeric()) {
      throw wrongType(json, spec);
    }
    double value = RoundedNumber.float64(json);
    if (!Double.isFinite(value)) {
      requireWord(json, spec);
    }
    return value;
  }

  // A number too large for its type becomes infinite, which is a mistake unless the request says
  // Infinity. (The parser's own isNaN() does not tell them apart.)
  private static void requireWord(JsonParser json, TensorSpec spec) throws IOException {
    String text = json.getText();
    if (!Character.isLetter(text.charAt(text.length() - 1))) {
      throw wrongType(json, spec);
    }
  }

  private static long integerAt(JsonParser json, TensorSpec spec, long least, long most)
      throws IOException {
    if (json.currentToken() != JsonToken.VALUE_NUMBER_INT
        || json.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
      throw wrongType(json, spec);
    }
    long value = json.getLongValue();
    if (value < least || value > most) {
      throw wrongType(json, spec);
    }
    return value;
  }

  private static long unsignedLongAt(JsonParser json, TensorSpec spec) throws IOException {
    if (json.currentToken() != JsonToken.VALUE_NUMBER_INT) {
      throw wrongType(json, spec);
    }
    BigInteger value = json.getBigIntegerValue();
    if (value.signum() < 0 || value.bitLength() > 64) {
      throw wrongType(json, spec);
    }
    return value.longValue();
  }

  private static byte booleanAt(JsonParser json, TensorSpec spec) throws IOException {
    JsonToken token = json.currentToken();
    if (!token.isBoolean()) {
      throw wrongType(json, spec);
    }
    return (byte) (token == JsonToken.VALUE_TRUE ? 1 : 0);
  }

  private static String stringAt(JsonParser json, TensorSpec spec) throws IOException {
    if (json.currentToken() == JsonToken.VALUE_STRING) {
      return json.getText();
    }
    if (json.currentToken() == JsonToken.START_OBJECT) {
      json.nextToken();
    }
    if (json.currentToken() != JsonToken.FIELD_NAME
        || !json.currentName().equals("b64")
        || json.nextToken() != JsonToken.VALUE_STRING) {
      throw wrongType(json, spec);
    }
    String value = base64At(json, spec);
    if (json.nextToken() != JsonToken.END_OBJECT) {
      throw wrongType(json, spec);
    }
    return value;
  }

  private static String base64At(JsonParser json, TensorSpec spec) throws IOException {
    byte[] bytes;
    try {
      bytes = Base64.getDecoder().decode(json.getText());
    } catch (IllegalArgumentException e) {
      throw new MlserveException(
          ErrorCode.INVALID_ARGUMENT,
          "input '" + spec.name() + "': a 'b64' value is not formatted correctly for base64 data",
          e);
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new MlserveException(
          ErrorCode.INVALID_ARGUMENT,
          "input '"
              + spec.name()
              + "': a 'b64' value is no UTF-8 text (expected: what an ONNX"
              + " string can hold)",
          e);
    }
  }

  private static MlserveException wrongType(JsonParser json, TensorSpec spec) throws IOException {
    String text = json.getText();
    String shown = text == null ? "" : text.substring(0, Math.min(text.length(), 256));
    return new MlserveException(
        ErrorCode.INVALID_ARGUMENT,
        "JSON Value: "
            + shown
            + " Type: "
            + typeName(json)
            + " is not of expected type: "
            + TfsTypes.shortName(spec.type())
            + " (input '"
            + spec.name()
            + "')");
  }

  private static String typeName(JsonParser json) {
    JsonToken token = json.currentToken();
    if (token == null) {
      return "None";
    }
    return switch (token) {
      case START_OBJECT, END_OBJECT, FIELD_NAME -> "Object";
      case START_ARRAY, END_ARRAY -> "Array";
      case VALUE_STRING -> "String";
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "Number";
      case VALUE_TRUE, VALUE_FALSE -> "Bool";
      case VALUE_NULL -> "Null";
      case NOT_AVAILABLE, VALUE_EMBEDDED_OBJECT -> "Unknown";
    };
  }
}
