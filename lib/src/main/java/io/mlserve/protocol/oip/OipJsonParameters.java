package io.mlserve.protocol.oip;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import java.io.IOException;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The {@code parameters} of a request, an input or an output: strings, numbers and booleans by
 * name. Those that nobody asks for mean nothing.
 */
final class OipJsonParameters {
  static final OipJsonParameters NONE = new OipJsonParameters(Map.of());

  private final Map<String, Object> values;

  private OipJsonParameters(Map<String, Object> values) {
    this.values = values;
  }

  /** Reads the object, or null, at the parser. */
  static OipJsonParameters read(JsonParser json) throws IOException {
    if (json.currentToken() == JsonToken.VALUE_NULL) {
      return NONE;
    }
    if (json.currentToken() != JsonToken.START_OBJECT) {
      throw invalid("'parameters' (expected: an object)");
    }
    Map<String, Object> values = new HashMap<>();
    while (json.nextToken() != JsonToken.END_OBJECT) {
      String name = json.currentName();
      values.put(name, value(json, name));
    }
    return new OipJsonParameters(values);
  }

  private static Object value(JsonParser json, String name) throws IOException {
    return switch (json.nextToken()) {
      case VALUE_STRING -> json.getText();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NUMBER_INT -> json.getBigIntegerValue();
      case VALUE_NUMBER_FLOAT -> json.getDoubleValue();
      case VALUE_NULL,
          START_OBJECT,
          END_OBJECT,
          START_ARRAY,
          END_ARRAY,
          FIELD_NAME,
          NOT_AVAILABLE,
          VALUE_EMBEDDED_OBJECT ->
          throw invalid("parameter '" + name + "' (expected: a string, a number or a boolean)");
    };
  }

  private static MlserveException invalid(String what) {
    return new MlserveException(ErrorCode.INVALID_ARGUMENT, what);
  }

  boolean isEmpty() {
    return values.isEmpty();
  }

  /** Empty if it is not there. */
  Optional<Boolean> flag(String name) {
    Object value = values.get(name);
    if (value == null) {
      return Optional.empty();
    }
    if (value instanceof Boolean flag) {
      return Optional.of(flag);
    }
    throw invalid("parameter '" + name + "': " + value + " (expected: true or false)");
  }

  /** A number that counts something; empty if it is not there. */
  OptionalLong count(String name) {
    Object value = values.get(name);
    if (value == null) {
      return OptionalLong.empty();
    }
    if (value instanceof BigInteger number && number.signum() >= 0) {
      // More than that is as good as endless.
      return OptionalLong.of(number.bitLength() < 64 ? number.longValue() : Long.MAX_VALUE);
    }
    throw invalid(
        "parameter '" + name + "': " + value + " (expected: a whole number, not below 0)");
  }

  /** Whether it is there and says anything but nothing: 0, false or the empty text. */
  boolean says(String name) {
    @Nullable Object value = values.get(name);
    return value != null
        && !value.equals(BigInteger.ZERO)
        && !value.equals(false)
        && !value.equals("");
  }
}
