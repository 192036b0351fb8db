package io.mlserve.metrics;

import io.mlserve.error.ErrorCode;
import java.time.Clock;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * What one version is asked to do, counted where it is done. Whoever serves a version holds these,
 * so that counting looks nothing up, allocates nothing and waits for nobody. A version that is
 * loaded again goes on where it left off. Thread-safe and exact.
 *
 * <p>Only requests of clients that want an answer of the model are counted here: no warm-up, no
 * health check, no question about status or metadata. All durations are nanoseconds.
 */
public final class VersionCounters {
  private static final long MICRO = 1_000;
  private static final long MILLI = 1_000 * MICRO;
  private static final long SECOND = 1_000 * MILLI;

  /** Upper bounds of the buckets of durations. */
  static final long[] TIMES = {
    100 * MICRO,
    250 * MICRO,
    500 * MICRO,
    MILLI,
    2500 * MICRO,
    5 * MILLI,
    10 * MILLI,
    25 * MILLI,
    50 * MILLI,
    100 * MILLI,
    250 * MILLI,
    500 * MILLI,
    SECOND,
    2500 * MILLI,
    5 * SECOND,
    10 * SECOND,
    30 * SECOND,
    60 * SECOND
  };

  /** Upper bounds of the buckets of batch sizes. */
  static final long[] SIZES = {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024};

  private final Clock clock;
  private final RequestCells requests = new RequestCells(Optional.empty());
  private final Distribution durations = new Distribution(TIMES);
  private final Distribution queue = new Distribution(TIMES);
  private final Distribution compute = new Distribution(TIMES);
  private final Distribution batches = new Distribution(SIZES);
  private final LongAdder rows = new LongAdder();
  private final LongAdder inFlight = new LongAdder();
  private final AtomicLong lastDefault = new AtomicLong();
  private final AtomicLong lastLabel = new AtomicLong();
  private final AtomicLong lastVersion = new AtomicLong();

  /** The clock says when a version was last used. */
  VersionCounters(Clock clock) {
    this.clock = clock;
  }

  /** Counters that nobody reads, for a version that is not served. */
  public static VersionCounters unread() {
    return new VersionCounters(Clock.systemUTC());
  }

  /**
   * A request was found to mean this version, which is a use of it whatever becomes of the request.
   * Whoever says so says {@link #left} in the end.
   */
  public void entered(Selector selector) {
    inFlight.increment();
    used(selector);
  }

  /** A request that {@link #entered} needs the version no more. */
  public void left() {
    inFlight.decrement();
  }

  /** How long a request waited before work on it began. */
  public void queued(long nanos) {
    queue.add(nanos);
  }

  /**
   * The model ran once.
   *
   * @param answered rows that were asked for
   * @param batchSize rows that ran together, those included that only fill up
   */
  public void executed(long answered, long batchSize, long nanos) {
    rows.add(answered);
    batches.add(batchSize);
    compute.add(nanos);
  }

  /** A request was answered, {@code nanos} after it had come. */
  public void answered(Protocol protocol, Selector selector, long nanos) {
    requests.succeeded(protocol, selector);
    durations.add(nanos);
  }

  /** A request failed, {@code nanos} after it had come. */
  public void failed(Protocol protocol, Selector selector, ErrorCode code, long nanos) {
    requests.failed(protocol, selector, code);
    durations.add(nanos);
  }

  /** A request that means this version was turned away before work on it began. */
  public void refused(Protocol protocol, Selector selector, ErrorCode code) {
    used(selector);
    requests.failed(protocol, selector, code);
  }

  // Most requests come in the same millisecond as another: then nobody's cache line changes hands.
  private void used(Selector selector) {
    long now = clock.millis();
    AtomicLong last = last(selector);
    if (last.get() != now) {
      last.set(now);
    }
  }

  private AtomicLong last(Selector selector) {
    return switch (selector) {
      case DEFAULT -> lastDefault;
      case LABEL -> lastLabel;
      case VERSION -> lastVersion;
    };
  }

  /** Requests that hold this version now. */
  public long inFlight() {
    return inFlight.sum();
  }

  /** When a request last asked for this version, in milliseconds since 1970; 0 for never. */
  public long lastMillis() {
    return Math.max(lastDefault.get(), Math.max(lastLabel.get(), lastVersion.get()));
  }

  /** The same for requests that asked for it in one way. */
  public long lastMillis(Selector selector) {
    return last(selector).get();
  }

  /** All that says how the version was used. */
  public Usage usage() {
    Map<Selector, Long> asked = new EnumMap<>(Selector.class);
    Map<Selector, Long> last = new EnumMap<>(Selector.class);
    for (Selector selector : Selector.values()) {
      asked.put(selector, 0L);
      last.put(selector, lastMillis(selector));
    }
    long[] failures = new long[1];
    requests.read(
        (index, count) -> {
          RequestKind kind = RequestKind.ALL.get(index);
          asked.merge(kind.selector(), count, Long::sum);
          failures[0] += kind.code().isPresent() ? count : 0;
        });
    return new Usage(asked, failures[0], durations.read().counts(), last);
  }

  /** Goes on from what was known before this process. */
  void remember(Map<Selector, Long> millis) {
    millis.forEach((selector, last) -> last(selector).set(last));
  }

  RequestCells requests() {
    return requests;
  }

  Distribution durations() {
    return durations;
  }

  Distribution queue() {
    return queue;
  }

  Distribution compute() {
    return compute;
  }

  Distribution batches() {
    return batches;
  }

  long rows() {
    return rows.sum();
  }
}
