package io.mlserve.protocol.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.NumberInput;
import java.io.IOException;

/**
 * The number at a parser as a float or a double, rounded once. The parser rounds an integer of many
 * digits twice, and makes 0 of -0.
 */
public final class RoundedNumber {
  private RoundedNumber() {}

  /** Infinite if it is too large. */
  public static float float32(JsonParser json) throws IOException {
    return isPlain(json) ? json.getFloatValue() : NumberInput.parseFloat(json.getText(), true);
  }

  /** Infinite if it is too large. */
  public static double float64(JsonParser json) throws IOException {
    return isPlain(json) ? json.getDoubleValue() : NumberInput.parseDouble(json.getText(), true);
  }

  private static boolean isPlain(JsonParser json) throws IOException {
    return json.currentToken() != JsonToken.VALUE_NUMBER_INT
        || (json.getNumberType() != JsonParser.NumberType.BIG_INTEGER && json.getLongValue() != 0);
  }
}
