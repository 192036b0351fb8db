package io.mlserve.archive;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What the headers before a member say of it: a GNU long name, PAX records, global PAX records. Of
 * the records only path, size and the map of a sparse file count; owners, times, extended
 * attributes and ACLs are dropped.
 */
final class TarExtensions {
  private final Map<String, byte[]> global = new HashMap<>();
  private final Map<String, byte[]> local = new HashMap<>();
  private byte @Nullable [] longName;

  void longName(byte[] record) {
    int end = record.length;
    while (end > 0 && record[end - 1] == 0) {
      end--;
    }
    longName = Arrays.copyOf(record, end);
  }

  void pax(byte[] records) {
    parse(records, local);
  }

  void globalPax(byte[] records) {
    parse(records, global);
  }

  /** Forgets what was said of one member only. */
  void nextMember() {
    local.clear();
    longName = null;
  }

  /** The name that replaces the one in the member's own header. */
  Optional<byte[]> name() {
    Optional<byte[]> sparse = bytes("GNU.sparse.name");
    Optional<byte[]> path = sparse.isPresent() ? sparse : bytes("path");
    if (path.isPresent() && longName != null) {
      throw Refusal.damaged("a tar member has both a GNU and a PAX name");
    }
    return path.isPresent() ? path : Optional.ofNullable(longName);
  }

  /** The size that replaces the one in the member's own header. */
  OptionalLong size() {
    return number("size");
  }

  OptionalLong number(String key) {
    Optional<String> text = text(key);
    return text.isEmpty() ? OptionalLong.empty() : OptionalLong.of(decimal(text.get()));
  }

  Optional<String> text(String key) {
    return bytes(key).map(value -> new String(value, StandardCharsets.UTF_8));
  }

  private Optional<byte[]> bytes(String key) {
    byte[] value = local.containsKey(key) ? local.get(key) : global.get(key);
    // An empty value takes the record back.
    return value == null || value.length == 0 ? Optional.empty() : Optional.of(value);
  }

  /** A number as PAX writes it; {@code DATA_LOSS} for anything else. */
  static long decimal(String text) {
    if (!text.matches("[0-9]{1,18}")) {
      throw Refusal.damaged("a tar header holds a number that is none: " + SafeText.quote(text));
    }
    return Long.parseLong(text);
  }

  // Each record is "LENGTH KEY=VALUE\n", its length counting all of that.
  private static void parse(byte[] records, Map<String, byte[]> into) {
    int at = 0;
    while (at < records.length) {
      int space = indexOf(records, ' ', at, Math.min(records.length, at + 20));
      String digits = new String(records, at, space - at, StandardCharsets.ISO_8859_1);
      long end = at + decimal(digits);
      if (end <= space || end > records.length || records[(int) end - 1] != '\n') {
        throw Refusal.damaged("a PAX record does not end where it says");
      }
      int equals = indexOf(records, '=', space + 1, (int) end);
      String key = new String(records, space + 1, equals - space - 1, StandardCharsets.UTF_8);
      into.put(key, Arrays.copyOfRange(records, equals + 1, (int) end - 1));
      at = (int) end;
    }
  }

  private static int indexOf(byte[] bytes, char wanted, int from, int to) {
    for (int i = from; i < to; i++) {
      if (bytes[i] == wanted) {
        return i;
      }
    }
    throw Refusal.damaged("a PAX record has no '" + wanted + "'");
  }
}
