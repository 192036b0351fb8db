package io.mlserve.bench;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How far an answer may be from the expected one. Two numbers agree when they differ by at most
 * {@code absolute + relative * |expected|}; two whole numbers, two texts and two truth values only
 * when they are equal. NaN agrees with NaN, an infinity with itself. Objects agree whatever the
 * order of their members.
 */
public record Tolerance(double relative, double absolute) {
  /** What single-precision arithmetic on different machines needs. */
  public static final Tolerance STANDARD = new Tolerance(1e-5, 1e-6);

  /** Nothing but equal numbers. */
  public static final Tolerance EXACT = new Tolerance(0, 0);

  public Tolerance {
    if (!(relative >= 0 && absolute >= 0)) {
      throw new IllegalArgumentException(
          "tolerance " + relative + ", " + absolute + " (expected: >= 0)");
    }
  }

  /** Whether {@code actual} is the expected answer. */
  public boolean agree(JsonValue expected, JsonValue actual) {
    if (expected instanceof JsonValue.Listing wanted && actual instanceof JsonValue.Listing got) {
      return agree(wanted.items(), got.items());
    }
    if (expected instanceof JsonValue.Members wanted && actual instanceof JsonValue.Members got) {
      return agree(wanted.members(), got.members());
    }
    if (expected instanceof JsonValue.Whole && actual instanceof JsonValue.Whole) {
      return expected.equals(actual);
    }
    if (expected instanceof JsonValue.Numeric wanted && actual instanceof JsonValue.Numeric got) {
      return agree(wanted.toDouble(), got.toDouble());
    }
    return expected.equals(actual);
  }

  private boolean agree(List<JsonValue> expected, List<JsonValue> actual) {
    if (expected.size() != actual.size()) {
      return false;
    }
    for (int i = 0; i < expected.size(); i++) {
      if (!agree(expected.get(i), actual.get(i))) {
        return false;
      }
    }
    return true;
  }

  private boolean agree(Map<String, JsonValue> expected, Map<String, JsonValue> actual) {
    if (!expected.keySet().equals(actual.keySet())) {
      return false;
    }
    return expected.entrySet().stream()
        .allMatch(
            member -> {
              @Nullable JsonValue other = actual.get(member.getKey());
              return other != null && agree(member.getValue(), other);
            });
  }

  /** Whether {@code actual} is near enough to the expected number. */
  boolean agree(double expected, double actual) {
    // compare() covers NaN and the infinities, for which the difference is NaN
    return Double.compare(expected, actual) == 0
        || (Double.isFinite(expected)
            && Math.abs(expected - actual) <= absolute + relative * Math.abs(expected));
  }
}
