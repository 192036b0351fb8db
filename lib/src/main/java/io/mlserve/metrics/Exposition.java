package io.mlserve.metrics;

import java.util.List;
import java.util.stream.Stream;

/** What one scrape of a server gave, in the order in which it was written. */
public record Exposition(List<MetricFamily> families) {
  public Exposition {
    families = List.copyOf(families);
  }

  /**
   * Reads Prometheus' text format 0.0.4. A {@code MlserveException} with the code {@code DATA_LOSS}
   * says which line is not of that format.
   */
  public static Exposition parse(String text) {
    return new ExpositionParser().parse(text);
  }

  /** The same in Prometheus' text format 0.0.4, without times. */
  public String text() {
    return ExpositionText.of(this);
  }

  /** All samples of that name, such as {@code x_total} or {@code x_bucket}. */
  public Stream<Sample> samples(String name) {
    return families.stream()
        .flatMap(family -> family.samples().stream())
        .filter(sample -> sample.name().equals(name));
  }
}
