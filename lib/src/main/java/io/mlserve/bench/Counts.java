package io.mlserve.bench;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What became of the requests of one part of a run.
 *
 * @param sent includes those that could not be sent because no connection could be made
 * @param failures one for each class, in alphabetical order
 */
public record Counts(long sent, long ok, List<FailureCount> failures) {
  static final Counts NONE = new Counts(0, 0, List.of());

  public Counts {
    failures = List.copyOf(failures);
  }

  /** How many failed, whatever the class. */
  public long failed() {
    return failures.stream().mapToLong(FailureCount::count).sum();
  }

  /** How many had neither answer nor failure when an interrupted run ended. */
  public long abandoned() {
    return sent - ok - failed();
  }

  /** How many failed in that way, see {@link Failure#label()}. */
  public long failed(String label) {
    return failures.stream()
        .filter(failure -> failure.label().equals(label))
        .mapToLong(FailureCount::count)
        .sum();
  }

  Counts plus(Counts other) {
    Map<String, FailureCount> both = new TreeMap<>();
    failures.forEach(failure -> both.put(failure.label(), failure));
    other.failures.forEach(failure -> both.merge(failure.label(), failure, FailureCount::plus));
    return new Counts(sent + other.sent, ok + other.ok, List.copyOf(both.values()));
  }
}
