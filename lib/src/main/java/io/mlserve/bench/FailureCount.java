package io.mlserve.bench;

/**
 * How often one class of failure happened.
 *
 * @param label see {@link Failure#label()}
 * @param firstNanos when the first became known, counted from the start of the run
 * @param first what the first looked like
 */
public record FailureCount(String label, long count, long firstNanos, Failure first) {
  FailureCount plus(FailureCount other) {
    FailureCount earlier = firstNanos <= other.firstNanos ? this : other;
    return new FailureCount(label, count + other.count, earlier.firstNanos, earlier.first);
  }
}
