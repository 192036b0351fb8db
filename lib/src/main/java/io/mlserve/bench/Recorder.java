package io.mlserve.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.HdrHistogram.AbstractHistogram;
import org.HdrHistogram.IntCountsHistogram;
import org.jspecify.annotations.Nullable;

/**
 * What one event loop saw. Written on that event loop, read by others only when the load has ended.
 * All times count from the start of the run, in nanoseconds.
 */
final class Recorder {
  private static final long SECOND = 1_000_000_000;

  private final long measureFrom;
  private final AbstractHistogram latency = fine();
  private final AbstractHistogram service = fine();
  private final AbstractHistogram sendLag = fine();
  private final Tally warmUp = new Tally();
  private final Tally measured = new Tally();
  private final List<Second> seconds = new ArrayList<>();
  private final MatchCount[] matches;
  private final Optional<Consumer<RequestBatch>> log;
  private @Nullable RequestBatch batch; // null as long as nobody wants single requests
  private Live live = new Live();
  private long lastMeasured;

  /** Counts of one part of the run. */
  private static final class Tally {
    private final Map<String, FailureCount> failures = new TreeMap<>();
    private long sent;
    private long ok;

    Counts counts() {
      return new Counts(sent, ok, new ArrayList<>(failures.values()));
    }
  }

  /** One second of the measured part. */
  private static final class Second {
    private final AbstractHistogram latency = coarse();
    private long due;
    private long ok;
    private long failed;
    private long answered;
  }

  /** What happened since it was last taken. */
  static final class Live {
    private final AbstractHistogram latency = coarse();
    private long sent;
    private long ok;
    private long failed;

    AbstractHistogram latency() {
      return latency;
    }

    long sent() {
      return sent;
    }

    long ok() {
      return ok;
    }

    long failed() {
      return failed;
    }
  }

  /**
   * @param measureFrom requests that are due earlier belong to the warm-up
   * @param log takes single requests; called on the event loop
   */
  Recorder(List<Expectation> expected, long measureFrom, Optional<Consumer<RequestBatch>> log) {
    this.measureFrom = measureFrom;
    this.log = log;
    this.batch = log.isPresent() ? new RequestBatch() : null;
    this.matches = expected.stream().map(e -> MatchCount.none(e.name())).toArray(MatchCount[]::new);
  }

  /** A request is due, and will be sent or fail. */
  void due(long dueNanos) {
    live.sent++;
    if (isMeasured(dueNanos)) {
      measured.sent++;
      second(dueNanos).due++;
    } else {
      warmUp.sent++;
    }
  }

  void sent(long dueNanos, long sentNanos) {
    if (isMeasured(dueNanos)) {
      sendLag.recordValue(Math.max(0, sentNanos - dueNanos));
    }
  }

  /**
   * A right answer came.
   *
   * @param fromNanos from when on its latency counts
   */
  void ok(long dueNanos, long fromNanos, long sentNanos, long answeredNanos) {
    long took = Math.max(0, answeredNanos - fromNanos);
    live.ok++;
    live.latency.recordValue(took);
    log(dueNanos, sentNanos, answeredNanos, null);
    if (!isMeasured(dueNanos)) {
      warmUp.ok++;
      return;
    }
    measured.ok++;
    latency.recordValue(took);
    service.recordValue(Math.max(0, answeredNanos - sentNanos));
    Second second = second(dueNanos);
    second.ok++;
    second.latency.recordValue(took);
    second(answeredNanos).answered++;
    lastMeasured = Math.max(lastMeasured, answeredNanos);
  }

  /**
   * A request failed.
   *
   * @param sentNanos {@link RequestBatch#NEVER} if it was not sent
   */
  void failed(long dueNanos, long sentNanos, long atNanos, Failure failure) {
    live.failed++;
    String label = failure.label();
    log(dueNanos, sentNanos, atNanos, label);
    boolean isMeasured = isMeasured(dueNanos);
    (isMeasured ? measured : warmUp)
        .failures.merge(label, new FailureCount(label, 1, atNanos, failure), FailureCount::plus);
    if (isMeasured) {
      second(dueNanos).failed++;
      lastMeasured = Math.max(lastMeasured, atNanos);
    }
  }

  void matched(int expectation, long sentNanos, long answeredNanos) {
    MatchCount before = matches[expectation];
    matches[expectation] =
        before.plus(
            new MatchCount(before.name(), 1, sentNanos, answeredNanos, sentNanos, answeredNanos));
  }

  /** Hands over the single requests that are left; to be called when the lane has ended. */
  void endLog() {
    RequestBatch last = batch;
    if (last != null && last.size() > 0) {
      log.ifPresent(to -> to.accept(last));
      batch = new RequestBatch();
    }
  }

  private void log(long dueNanos, long sentNanos, long endedNanos, @Nullable String failure) {
    RequestBatch filling = batch;
    if (filling != null) {
      filling.add(dueNanos, sentNanos, endedNanos, failure);
      if (filling.isFull()) {
        endLog();
      }
    }
  }

  /** What happened since the last call; to be called on the event loop. */
  Live takeLive() {
    Live taken = live;
    live = new Live();
    return taken;
  }

  AbstractHistogram latency() {
    return latency;
  }

  AbstractHistogram service() {
    return service;
  }

  AbstractHistogram sendLag() {
    return sendLag;
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

  int seconds() {
    return seconds.size();
  }

  /** What this event loop has to say of a second of the measured part. */
  Window window(int index, Duration start, Duration length) {
    Second second = index < seconds.size() ? seconds.get(index) : new Second();
    return new Window(
        start, length, second.due, second.ok, second.failed, second.answered, second.latency);
  }

  private boolean isMeasured(long dueNanos) {
    return dueNanos >= measureFrom;
  }

  private Second second(long nanos) {
    int index = (int) ((nanos - measureFrom) / SECOND);
    while (seconds.size() <= index) {
      seconds.add(new Second());
    }
    return seconds.get(index);
  }

  // 64 ns to begin with, three digits, growing: 40 KB where answers take 10 ms
  private static AbstractHistogram fine() {
    AbstractHistogram histogram = new IntCountsHistogram(64, 1_000_000, 3);
    histogram.setAutoResize(true);
    return histogram;
  }

  // two digits, since there is one for every second
  private static AbstractHistogram coarse() {
    AbstractHistogram histogram = new IntCountsHistogram(128, 1_000_000, 2);
    histogram.setAutoResize(true);
    return histogram;
  }
}
