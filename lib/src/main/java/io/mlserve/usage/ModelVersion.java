package io.mlserve.usage;

import io.mlserve.metrics.Sample;
import java.util.Comparator;

/**
 * One version of one model, as its labels name it. In order of the model's name, the newest version
 * first.
 *
 * @param version a number, or whatever else a label says
 */
public record ModelVersion(String model, String version) implements Comparable<ModelVersion> {
  private static final Comparator<ModelVersion> ORDER =
      Comparator.comparing(ModelVersion::model)
          .thenComparing(Comparator.comparingLong(ModelVersion::number).reversed())
          .thenComparing(ModelVersion::version);

  /** What the labels of a sample name; empty text where it has none. */
  static ModelVersion of(Sample sample) {
    return new ModelVersion(sample.label("model"), sample.label("version"));
  }

  /** The version as a number; -1 if it is none. */
  public long number() {
    try {
      return Long.parseLong(version);
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  @Override
  public int compareTo(ModelVersion other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return model + " " + version;
  }
}
