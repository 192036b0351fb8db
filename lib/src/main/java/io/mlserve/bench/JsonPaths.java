package io.mlserve.bench;

import io.mlserve.bench.JsonValue.Listing;
import io.mlserve.bench.JsonValue.Members;
import io.mlserve.bench.JsonValue.Text;
import io.mlserve.bench.JsonValue.Whole;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds things in JSON documents whose form is not certain: what is not there is empty. */
final class JsonPaths {
  private JsonPaths() {}

  static Map<String, JsonValue> members(@Nullable JsonValue value) {
    return value instanceof Members members ? members.members() : Map.of();
  }

  static List<JsonValue> items(@Nullable JsonValue value) {
    return value instanceof Listing listing ? listing.items() : List.of();
  }

  /** A text or a whole number. */
  static String text(@Nullable JsonValue value, String name) {
    JsonValue member = members(value).get(name);
    return member instanceof Text text
        ? text.value()
        : member instanceof Whole number ? number.value().toString() : "";
  }
}
