package io.mlserve.metrics;

import java.util.Comparator;

/** One version of one model, as metrics call it. In the order of names, then numbers. */
public record VersionKey(String model, long version) implements Comparable<VersionKey> {
  private static final Comparator<VersionKey> ORDER =
      Comparator.comparing(VersionKey::model).thenComparingLong(VersionKey::version);

  @Override
  public int compareTo(VersionKey other) {
    return ORDER.compare(this, other);
  }
}
