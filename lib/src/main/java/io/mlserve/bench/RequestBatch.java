package io.mlserve.bench;

import org.jspecify.annotations.Nullable;

/**
 * Some requests that have ended, as one event loop saw them, in columns. Filled once, then read.
 */
final class RequestBatch {
  static final int SIZE = 1024;

  /** Instead of a time at which it was sent. */
  static final long NEVER = Long.MIN_VALUE;

  private final long[] due = new long[SIZE];
  private final long[] sent = new long[SIZE];
  private final long[] ended = new long[SIZE];
  private final @Nullable String[] failures = new @Nullable String[SIZE];
  private int size;

  /** Times count from the start of the run, in nanoseconds; no failure is a right answer. */
  void add(long dueNanos, long sentNanos, long endedNanos, @Nullable String failure) {
    due[size] = dueNanos;
    sent[size] = sentNanos;
    ended[size] = endedNanos;
    failures[size] = failure;
    size++;
  }

  boolean isFull() {
    return size == SIZE;
  }

  int size() {
    return size;
  }

  long due(int index) {
    return due[index];
  }

  /** {@link #NEVER} if it never was. */
  long sent(int index) {
    return sent[index];
  }

  long ended(int index) {
    return ended[index];
  }

  /** The label of its failure; null if its answer was right. */
  @Nullable String failure(int index) {
    return failures[index];
  }
}
