package io.mlserve.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.AbstractHistogram;
import org.HdrHistogram.IntCountsHistogram;

/**
 * What one connection saw. Written by the event loop of the connection, read by others only when
 * the connection has ended. All times count from the start of the run, in nanoseconds.
 */
final class ConnectionRecorder {
  // 64 ns to begin with, three digits, growing: 40 KB for a connection whose answers take 10 ms
  private final AbstractHistogram latency = new IntCountsHistogram(64, 1_000_000, 3);
  private final Tally warmUp = new Tally();
  private final Tally measured = new Tally();
  private final MatchCount[] matches;
  private long lastMeasured;

  /** Counts of one part of the run. */
  static final class Tally {
    private final Map<String, FailureCount> failures = new TreeMap<>();
    private long sent;
    private long ok;

    Counts counts() {
      return new Counts(sent, ok, new ArrayList<>(failures.values()));
    }
  }

  ConnectionRecorder(List<Expectation> expected) {
    latency.setAutoResize(true);
    matches = expected.stream().map(e -> MatchCount.none(e.name())).toArray(MatchCount[]::new);
  }

  void sent(boolean isMeasured) {
    tally(isMeasured).sent++;
  }

  void ok(boolean isMeasured, long sentNanos, long answeredNanos) {
    tally(isMeasured).ok++;
    if (isMeasured) {
      latency.recordValue(Math.max(0, answeredNanos - sentNanos));
      lastMeasured = answeredNanos;
    }
  }

  void failed(boolean isMeasured, long atNanos, Failure failure) {
    String label = failure.label();
    tally(isMeasured)
        .failures
        .merge(label, new FailureCount(label, 1, atNanos, failure), FailureCount::plus);
    if (isMeasured) {
      lastMeasured = atNanos;
    }
  }

  void matched(int expectation, long sentNanos, long answeredNanos) {
    matches[expectation] =
        matches[expectation].plus(
            new MatchCount(
                matches[expectation].name(),
                1,
                sentNanos,
                answeredNanos,
                sentNanos,
                answeredNanos));
  }

  AbstractHistogram latency() {
    return latency;
  }

  Counts warmUp() {
    return warmUp.counts();
  }

  Counts measured() {
    return measured.counts();
  }

  List<MatchCount> matches() {
    return List.of(matches);
  }

  /** When the last measured request got its answer or failed; 0 if there was none. */
  long lastMeasured() {
    return lastMeasured;
  }

  private Tally tally(boolean isMeasured) {
    return isMeasured ? measured : warmUp;
  }
}
