package io.mlserve.bench;

import java.util.Arrays;
import java.util.Map;

/** What an answer must be, or what one was, in a form that can be compared. */
public sealed interface RightAnswer {
  /** A whole JSON document. */
  record Document(JsonValue value) implements RightAnswer {}

  /** Tensors by name; a single one goes by any name. */
  record Tensors(Map<String, TensorValues> values) implements RightAnswer {
    public Tensors {
      values = Map.copyOf(values);
    }
  }

  /** Bytes that mean nothing to us. */
  @SuppressWarnings("ArrayRecordComponent") // compared by agrees, never by equals
  record Bytes(byte[] values) implements RightAnswer {}

  /**
   * Whether {@code actual} is this answer, near enough. Of tensors it may have more than expected.
   */
  default boolean agrees(RightAnswer actual, Tolerance tolerance) {
    if (this instanceof Document wanted && actual instanceof Document got) {
      return tolerance.agree(wanted.value, got.value);
    }
    if (this instanceof Tensors wanted && actual instanceof Tensors got) {
      return agree(wanted.values, got.values, tolerance);
    }
    return this instanceof Bytes wanted
        && actual instanceof Bytes got
        && Arrays.equals(wanted.values, got.values);
  }

  private static boolean agree(
      Map<String, TensorValues> wanted, Map<String, TensorValues> got, Tolerance tolerance) {
    if (wanted.size() == 1 && got.size() == 1) {
      return wanted.values().iterator().next().agrees(got.values().iterator().next(), tolerance);
    }
    return wanted.entrySet().stream()
        .allMatch(
            entry -> {
              TensorValues other = got.get(entry.getKey());
              return other != null && entry.getValue().agrees(other, tolerance);
            });
  }
}
