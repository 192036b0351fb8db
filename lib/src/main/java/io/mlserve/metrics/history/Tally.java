package io.mlserve.metrics.history;

import io.mlserve.metrics.Selector;
import io.mlserve.metrics.Usage;

/**
 * Requests for one version in some time.
 *
 * @param requests all of them
 * @param failures those without an answer of the model
 * @param byDefault those that named no version
 * @param byLabel those that named a label
 * @param byVersion those that named the version
 */
public record Tally(long requests, long failures, long byDefault, long byLabel, long byVersion) {
  public static final Tally NONE = new Tally(0, 0, 0, 0, 0);

  static Tally of(Usage usage) {
    long byDefault = usage.requests().getOrDefault(Selector.DEFAULT, 0L);
    long byLabel = usage.requests().getOrDefault(Selector.LABEL, 0L);
    long byVersion = usage.requests().getOrDefault(Selector.VERSION, 0L);
    return new Tally(
        byDefault + byLabel + byVersion, usage.failures(), byDefault, byLabel, byVersion);
  }

  public Tally plus(Tally more) {
    return new Tally(
        requests + more.requests,
        failures + more.failures,
        byDefault + more.byDefault,
        byLabel + more.byLabel,
        byVersion + more.byVersion);
  }

  /** What came since {@code before}; all of it if the counters began anew. */
  Tally since(Tally before) {
    if (requests < before.requests || failures < before.failures) {
      return this;
    }
    return new Tally(
        requests - before.requests,
        failures - before.failures,
        byDefault - before.byDefault,
        byLabel - before.byLabel,
        byVersion - before.byVersion);
  }
}
