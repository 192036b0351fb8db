package io.mlserve.metrics;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * One line of an exposition: a number and what it is the number of.
 *
 * @param labels in the order in which they were written
 * @param timestampMillis when it was taken, milliseconds since 1970; empty, as nearly always, for
 *     now
 */
public record Sample(
    String name, Map<String, String> labels, double value, OptionalLong timestampMillis) {
  public Sample {
    labels = Collections.unmodifiableMap(new LinkedHashMap<>(labels));
  }

  /** The value of a label; empty text if there is no such label, which means the same. */
  public String label(String label) {
    return labels.getOrDefault(label, "");
  }
}
