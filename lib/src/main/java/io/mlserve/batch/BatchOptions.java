package io.mlserve.batch;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What whoever runs a server wants of batching.
 *
 * @param maxRows most rows of one run; 1 turns batching off
 * @param timeout how long the first request of a batch waits for others when a run could begin; 0
 *     for not at all
 * @param sizes the only numbers of rows to run, ascending; smaller batches are filled up with
 *     copies of their last row. Empty for any
 * @param objective the latency, from the whole request being there to its answer, that requests are
 *     to keep: what cannot keep it is refused. Empty for none
 */
public record BatchOptions(
    int maxRows, Duration timeout, List<Integer> sizes, Optional<Duration> objective) {
  public BatchOptions {
    sizes = List.copyOf(sizes);
    if (maxRows < 1) {
      throw new IllegalArgumentException("maxRows: " + maxRows + " (expected: >= 1)");
    }
  }

  public static BatchOptions defaults() {
    return new BatchOptions(64, Duration.ZERO, List.of(), Optional.empty());
  }

  /** The number of rows that {@code rows} are filled up to; themselves beyond the largest size. */
  public int filled(int rows) {
    for (int size : sizes) {
      if (size >= rows) {
        return size;
      }
    }
    return rows;
  }
}
