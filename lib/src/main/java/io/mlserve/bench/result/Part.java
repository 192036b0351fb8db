package io.mlserve.bench.result;

import io.mlserve.bench.JsonValue;
import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A value in a saved result, which knows where it stands: what is wrong is said with its place. */
record Part(String place, JsonValue value) {
  Part at(String key) {
    return maybe(key).orElseThrow(() -> wrong("'" + key + "'"));
  }

  /** Empty if it is not there, or null. */
  Optional<Part> maybe(String key) {
    if (!(value instanceof JsonValue.Members object)) {
      throw wrong("an object");
    }
    JsonValue found = object.members().get(key);
    return found == null || found instanceof JsonValue.Nothing
        ? Optional.empty()
        : Optional.of(new Part(place + "." + key, found));
  }

  double number() {
    if (value instanceof JsonValue.Numeric number && Double.isFinite(number.toDouble())) {
      return number.toDouble();
    }
    throw wrong("a number");
  }

  long whole() {
    if (value instanceof JsonValue.Whole number && number.value().bitLength() < 64) {
      return number.value().longValue();
    }
    throw wrong("a whole number");
  }

  int small() {
    long number = whole();
    if (number == (int) number) {
      return (int) number;
    }
    throw wrong("a whole number of 32 bits");
  }

  long nanos() {
    return Math.round(number() * 1e9);
  }

  Duration seconds() {
    return Duration.ofNanos(nanos());
  }

  boolean truth() {
    if (value instanceof JsonValue.Truth truth) {
      return truth.value();
    }
    throw wrong("true or false");
  }

  String text() {
    if (value instanceof JsonValue.Text text) {
      return text.value();
    }
    throw wrong("text");
  }

  Instant instant() {
    try {
      return Instant.parse(text());
    } catch (DateTimeParseException e) {
      throw wrong("a time such as 2026-01-01T12:00:00Z");
    }
  }

  List<Part> items() {
    if (!(value instanceof JsonValue.Listing list)) {
      throw wrong("a list");
    }
    List<Part> items = new ArrayList<>();
    for (JsonValue item : list.items()) {
      items.add(new Part(place + "[" + items.size() + "]", item));
    }
    return items;
  }

  List<String> texts() {
    return items().stream().map(Part::text).toList();
  }

  /** By name, in alphabetical order. */
  Map<String, Part> members() {
    if (!(value instanceof JsonValue.Members object)) {
      throw wrong("an object");
    }
    Map<String, Part> members = new TreeMap<>();
    object.members().forEach((key, item) -> members.put(key, new Part(place + "." + key, item)));
    return members;
  }

  /** One of the constants, as {@link FindingsJson#word} writes them. */
  <E extends Enum<E>> E constant(Class<E> type) {
    String word = text();
    for (E constant : type.getEnumConstants()) {
      if (FindingsJson.word(constant).equals(word)) {
        return constant;
      }
    }
    throw wrong("one of those of this version of mlserve, not '" + word + "'");
  }

  MlserveException wrong(String expected) {
    return new MlserveException(
        ErrorCode.DATA_LOSS,
        "%s: not a result of mlserve bench (expected: %s)".formatted(place, expected));
  }
}
