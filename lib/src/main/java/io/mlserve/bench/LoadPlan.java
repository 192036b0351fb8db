package io.mlserve.bench;

import java.time.Duration;
import java.util.List;

/**
 * What a run is to do. Values only: one plan may be run again and again.
 *
 * @param inputs bodies of predict requests, sent in turn; at least one
 * @param timeout the longest wait for one answer, connecting included
 * @param expected what right answers are, one for each input
 */
public record LoadPlan(
    Schedule schedule,
    Extent extent,
    Duration timeout,
    List<byte[]> inputs,
    Expectations expected) {
  public LoadPlan {
    inputs = List.copyOf(inputs);
    if (inputs.isEmpty()) {
      throw new IllegalArgumentException("no inputs (expected: at least one)");
    }
    int answers = inputs.size();
    if (expected.any().stream().anyMatch(e -> e.answers().size() != answers)) {
      throw new IllegalArgumentException("expected answers for another number of inputs");
    }
  }

  /** The same with another load and length. */
  public LoadPlan with(Schedule other, Extent length) {
    return new LoadPlan(other, length, timeout, inputs, expected);
  }
}
