package io.mlserve.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Notices when answers begin to match another expectation. With many connections the last answers
 * of an old version arrive between the first of a new one; those were asked for before the change
 * and are no change back.
 *
 * <p>Thread-safe; without a change it costs one volatile read for an answer.
 */
final class AnswerLog {
  private static final int MOST_CHANGES = 1_000; // a mixture of versions behind one address

  private final List<String> names;
  private final Consumer<AnswerChange> listener;
  private final List<AnswerChange> changes = new ArrayList<>();

  private volatile int current = -1;
  private long changedAt;

  AnswerLog(Expectations expected, Consumer<AnswerChange> listener) {
    this.names = expected.any().stream().map(Expectation::name).toList();
    this.listener = listener;
  }

  /** An answer matched the expectation with that index. Times count from the start of the run. */
  void matched(int expectation, long sentNanos, long answeredNanos) {
    if (expectation != current) {
      change(expectation, sentNanos, answeredNanos);
    }
  }

  private synchronized void change(int expectation, long sentNanos, long answeredNanos) {
    int before = current;
    if (expectation == before || (before >= 0 && sentNanos < changedAt)) {
      return;
    }
    current = expectation;
    changedAt = answeredNanos;
    Optional<String> from = before < 0 ? Optional.empty() : Optional.of(names.get(before));
    AnswerChange change = new AnswerChange(answeredNanos, from, names.get(expectation));
    if (changes.size() < MOST_CHANGES) {
      changes.add(change);
      listener.accept(change);
    }
  }

  synchronized List<AnswerChange> changes() {
    return List.copyOf(changes);
  }
}
