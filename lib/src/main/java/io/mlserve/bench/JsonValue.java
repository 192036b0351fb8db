package io.mlserve.bench;

import java.math.BigInteger;
import java.util.List;
import java.util.Map;

/** A JSON document in memory, to be compared with another one. */
public sealed interface JsonValue {
  /** An object; the order of its members means nothing. */
  record Members(Map<String, JsonValue> members) implements JsonValue {
    public Members {
      members = Map.copyOf(members);
    }
  }

  /** An array. */
  record Listing(List<JsonValue> items) implements JsonValue {
    public Listing {
      items = List.copyOf(items);
    }
  }

  /** A number. */
  sealed interface Numeric extends JsonValue {
    /** The nearest double; infinite when the number lies outside the range of doubles. */
    double toDouble();
  }

  /** A number without fraction and exponent. */
  record Whole(BigInteger value) implements Numeric {
    @Override
    public double toDouble() {
      return value.doubleValue();
    }
  }

  /** A number with a fraction or an exponent, or one of the bare words NaN and Infinity. */
  record Real(double value) implements Numeric {
    @Override
    public double toDouble() {
      return value;
    }
  }

  /** A string. */
  record Text(String value) implements JsonValue {}

  /** {@code true} or {@code false}. */
  record Truth(boolean value) implements JsonValue {}

  /** {@code null}. */
  record Nothing() implements JsonValue {}
}
