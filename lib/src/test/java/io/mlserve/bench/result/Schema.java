package io.mlserve.bench.result;

import io.mlserve.bench.JsonDocuments;
import io.mlserve.bench.JsonValue;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * As much of JSON Schema as the published one uses: type, enum, required, properties,
 * additionalProperties, items and $ref into $defs. Anything else in a schema is an error.
 */
final class Schema {
  private static final List<String> WORDS =
      List.of("$schema", "$id", "$defs", "title", "description");

  private final JsonValue.Members root;

  private Schema(JsonValue.Members root) {
    this.root = root;
  }

  static Schema published() {
    try (InputStream in = ResultJson.class.getResourceAsStream(ResultJson.SCHEMA)) {
      byte[] bytes = Objects.requireNonNull(in, "schema").readAllBytes();
      return new Schema((JsonValue.Members) JsonDocuments.value("schema", bytes));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  List<String> violations(String json) {
    List<String> violations = new ArrayList<>();
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    check("$", JsonDocuments.value("document", bytes), root, violations);
    return violations;
  }

  private void check(String place, JsonValue value, JsonValue schema, List<String> violations) {
    Map<String, JsonValue> rules = ((JsonValue.Members) schema).members();
    for (Map.Entry<String, JsonValue> rule : rules.entrySet()) {
      switch (rule.getKey()) {
        case "type" -> type(place, value, rule.getValue(), violations);
        case "enum" -> {
          if (!((JsonValue.Listing) rule.getValue()).items().contains(value)) {
            violations.add(place + ": " + value + " is not one of those listed");
          }
        }
        case "required" -> {
          for (JsonValue name : ((JsonValue.Listing) rule.getValue()).items()) {
            if (value instanceof JsonValue.Members object
                && !object.members().containsKey(text(name))) {
              violations.add(place + ": no '" + text(name) + "'");
            }
          }
        }
        case "properties", "additionalProperties" -> {} // below, together
        case "items" -> {
          if (value instanceof JsonValue.Listing list) {
            for (int i = 0; i < list.items().size(); i++) {
              check(place + "[" + i + "]", list.items().get(i), rule.getValue(), violations);
            }
          }
        }
        case "$ref" -> {
          String name = text(rule.getValue()).replace("#/$defs/", "");
          JsonValue definitions = Objects.requireNonNull(root.members().get("$defs"));
          JsonValue found = ((JsonValue.Members) definitions).members().get(name);
          check(place, value, Objects.requireNonNull(found, name), violations);
        }
        default -> {
          if (!WORDS.contains(rule.getKey())) {
            throw new IllegalStateException("schema uses " + rule.getKey());
          }
        }
      }
    }
    members(place, value, rules, violations);
  }

  private void members(
      String place, JsonValue value, Map<String, JsonValue> rules, List<String> violations) {
    if (!(value instanceof JsonValue.Members object)) {
      return;
    }
    Map<String, JsonValue> known =
        rules.get("properties") instanceof JsonValue.Members properties
            ? properties.members()
            : Map.of();
    @Nullable JsonValue others = rules.get("additionalProperties");
    object
        .members()
        .forEach(
            (key, member) -> {
              JsonValue rule = known.get(key);
              if (rule != null) {
                check(place + "." + key, member, rule, violations);
              } else if (others instanceof JsonValue.Members other) {
                check(place + "." + key, member, other, violations);
              } else if (others instanceof JsonValue.Truth truth && !truth.value()) {
                violations.add(place + ": '" + key + "' is not in the schema");
              }
            });
  }

  private static void type(
      String place, JsonValue value, JsonValue wanted, List<String> violations) {
    List<String> types =
        wanted instanceof JsonValue.Listing list
            ? list.items().stream().map(Schema::text).toList()
            : List.of(text(wanted));
    if (types.stream().noneMatch(type -> is(value, type))) {
      violations.add(place + ": not " + String.join(" or ", types));
    }
  }

  private static boolean is(JsonValue value, String type) {
    return switch (type) {
      case "object" -> value instanceof JsonValue.Members;
      case "array" -> value instanceof JsonValue.Listing;
      case "integer" -> value instanceof JsonValue.Whole;
      case "number" -> value instanceof JsonValue.Numeric;
      case "string" -> value instanceof JsonValue.Text;
      case "boolean" -> value instanceof JsonValue.Truth;
      case "null" -> value instanceof JsonValue.Nothing;
      default -> throw new IllegalStateException("type " + type);
    };
  }

  private static String text(JsonValue value) {
    return ((JsonValue.Text) value).value();
  }
}
