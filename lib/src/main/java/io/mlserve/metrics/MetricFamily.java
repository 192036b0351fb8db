package io.mlserve.metrics;

import java.util.List;

/**
 * All samples of one metric.
 *
 * @param type {@code counter}, {@code gauge}, {@code histogram}, {@code summary} or {@code untyped}
 * @param help what the metric says, for people; may be empty
 */
public record MetricFamily(String name, String type, String help, List<Sample> samples) {
  public MetricFamily {
    samples = List.copyOf(samples);
  }
}
