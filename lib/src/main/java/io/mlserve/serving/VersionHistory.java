package io.mlserve.serving;

import io.mlserve.metrics.ServingMetrics;
import io.mlserve.model.ModelName;
import io.mlserve.serving.VersionEvent.Occasion;
import io.mlserve.serving.VersionStatus.Failure;
import io.mlserve.serving.VersionStatus.State;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What became of each version of one model, for status calls and metrics. Keeps every version that
 * is not over, and the latest of those that are. Thread-safe.
 */
final class VersionHistory {
  private static final int ENDED_KEPT = 10;

  private static final int EVENTS_KEPT = 50;

  private static final Duration ENDED_TOLD = Duration.ofHours(25);

  private final ModelName model;
  private final ServingMetrics metrics;
  private final Clock clock;

  // guarded by this
  private final Map<Long, VersionStatus> versions = new TreeMap<>(Comparator.reverseOrder());

  private final Deque<VersionEvent> events = new ArrayDeque<>(); // newest first

  VersionHistory(ModelName model, ServingMetrics metrics, Clock clock) {
    this.model = model;
    this.metrics = metrics;
    this.clock = clock;
  }

  /** A load begins; a version that is served meanwhile, because its files changed, stays so. */
  synchronized void loading(long version) {
    if (!isServed(version)) {
      put(version, State.LOADING, Optional.empty());
    }
  }

  /** A version takes no more requests, and is gone when its last one has ended. */
  synchronized void unloading(long version) {
    put(version, State.UNLOADING, Optional.empty());
  }

  /** A version can answer now, or is gone. */
  synchronized void enter(long version, State state, Occasion occasion) {
    remember(new VersionEvent(put(version, state, Optional.empty()), occasion));
  }

  /** A load failed; a version that is served all the same stays so, and shows why. */
  synchronized void failed(long version, Failure failure, Occasion occasion) {
    State state = isServed(version) ? State.AVAILABLE : State.END;
    remember(new VersionEvent(put(version, state, Optional.of(failure)), occasion));
  }

  /** Whether there is such a version and it may answer some day, or did a moment ago. */
  synchronized boolean isUnderWay(long version) {
    VersionStatus status = versions.get(version);
    return status != null && (status.state() != State.END || status.failure().isPresent());
  }

  /** Whether nothing is left of a version, nor under way. */
  synchronized boolean hasEnded(long version) {
    VersionStatus status = versions.get(version);
    return status == null || status.state() == State.END;
  }

  private boolean isServed(long version) {
    VersionStatus status = versions.get(version);
    return status != null && status.state() == State.AVAILABLE;
  }

  private VersionStatus put(long version, State state, Optional<Failure> failure) {
    VersionStatus status = new VersionStatus(version, state, clock.instant(), failure);
    versions.put(version, status);
    metrics.life().state(model, version, state.name());
    prune();
    return status;
  }

  // A load that fails again and again is told once.
  private void remember(VersionEvent event) {
    Optional<VersionEvent> last =
        events.stream().filter(before -> before.version() == event.version()).findFirst();
    if (event.failure().isPresent()
        && last.map(VersionEvent::failure).equals(Optional.of(event.failure()))) {
      events.remove(last.get());
    }
    events.addFirst(event);
    if (events.size() > EVENTS_KEPT) {
      events.removeLast();
    }
  }

  private void prune() {
    Instant longAgo = clock.instant().minus(ENDED_TOLD);
    List<VersionStatus> ended =
        versions.values().stream()
            .filter(status -> status.state() == State.END)
            .sorted(Comparator.comparing(VersionStatus::since).reversed())
            .toList();
    for (int i = 0; i < ended.size(); i++) {
      VersionStatus status = ended.get(i);
      if (i >= ENDED_KEPT && status.since().isBefore(longAgo)) {
        versions.remove(status.version());
      }
    }
  }

  /** What loads and unloads came to, newest first. */
  synchronized List<VersionEvent> events() {
    return List.copyOf(events);
  }

  /** Newest version first. */
  synchronized List<VersionStatus> all() {
    return List.copyOf(versions.values());
  }
}
