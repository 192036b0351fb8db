package io.mlserve.serving;

import io.mlserve.metrics.LifeMetrics.Stage;
import io.mlserve.metrics.ModelCounters;
import io.mlserve.metrics.ServingMetrics;
import io.mlserve.metrics.VersionCounters;
import io.mlserve.model.ModelName;
import io.mlserve.serving.Found.Absence;
import io.mlserve.serving.VersionEvent.Cause;
import io.mlserve.serving.VersionEvent.Occasion;
import io.mlserve.version.VersionChoice;
import java.time.Clock;
import java.time.Duration;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * One model under its name: which versions of it can answer, and what became of the others.
 * Requests find their version without waiting for anybody; one thread at a time changes what is
 * there.
 */
public final class ServedModel implements AutoCloseable {
  private final ModelName name;
  private final ServingMetrics metrics;
  private final ModelCounters counters;
  private final VersionHistory history;

  private final Map<Long, Leaving> leaving = new ConcurrentHashMap<>();
  private final Map<Long, CompletableFuture<Void>> gone = new ConcurrentHashMap<>();

  // Replaced as a whole, never changed: whoever reads one sees the versions of one moment.
  private volatile NavigableMap<Long, ModelSlot<Servable>> loaded = Collections.emptyNavigableMap();
  private volatile Map<String, Long> labels = Map.of();

  ServedModel(ModelName name, ServingMetrics metrics, Clock clock) {
    this.name = name;
    this.metrics = metrics;
    this.history = new VersionHistory(name, metrics, clock);
    this.counters = metrics.introduce(name);
  }

  /**
   * Why a version takes no more requests, and since when.
   *
   * @param nanos of {@code System.nanoTime}
   */
  private record Leaving(long nanos, Cause cause) {}

  private void retire(Servable servable) {
    long start = System.nanoTime();
    Leaving left = leaving.remove(servable.version());
    Duration drained = Duration.ofNanos(left == null ? 0 : start - left.nanos());
    metrics.life().stage(name, Stage.DRAIN, drained);
    servable.close();
    metrics.life().stage(name, Stage.CLOSE, Duration.ofNanos(System.nanoTime() - start));
    boolean replaced = loaded.containsKey(servable.version()); // its files changed in place
    if (!replaced) {
      history.enter(
          servable.version(),
          VersionStatus.State.END,
          Occasion.unload(left == null ? Cause.STOP : left.cause(), drained));
    }
    metrics.life().closed(name, servable.version(), replaced);
    CompletableFuture<Void> told = gone.remove(servable.version());
    if (told != null) {
      told.complete(null);
    }
  }

  public ModelName name() {
    return name;
  }

  /** Where requests are counted that reach no version of it. */
  public ModelCounters counters() {
    return counters;
  }

  /**
   * Where requests for a version were counted that is not there any more, if it was not long ago.
   */
  public Optional<VersionCounters> counters(VersionChoice choice) {
    if (choice instanceof VersionChoice.Specific number) {
      return metrics.known(name, number.version());
    }
    Long labelled = choice instanceof VersionChoice.Label label ? labels.get(label.label()) : null;
    return labelled == null ? Optional.empty() : metrics.known(name, labelled);
  }

  /** A lease of the version that {@code choice} means now, or why there is none. */
  public Found find(VersionChoice choice) {
    if (choice instanceof VersionChoice.Specific number) {
      return numbered(number.version());
    }
    if (choice instanceof VersionChoice.Label label) {
      Long version = labels.get(label.label());
      if (version == null) {
        return new Found.Absent(Absence.UNKNOWN_LABEL);
      }
      return numbered(version) instanceof Found.Leased leased
          ? leased
          : new Found.Absent(Absence.LABEL_PENDING);
    }
    return newest();
  }

  private Found newest() {
    NavigableMap<Long, ModelSlot<Servable>> seen;
    do {
      seen = loaded;
      for (ModelSlot<Servable> slot : seen.values()) {
        Optional<Lease<Servable>> lease = slot.lease();
        if (lease.isPresent()) {
          return new Found.Leased(lease.get());
        }
      }
    } while (seen != loaded); // all that was there went meanwhile: look at what came
    return new Found.Absent(Absence.NO_VERSION);
  }

  private Found numbered(long version) {
    NavigableMap<Long, ModelSlot<Servable>> seen;
    do {
      seen = loaded;
      @Nullable ModelSlot<Servable> slot = seen.get(version);
      Optional<Lease<Servable>> lease = slot == null ? Optional.empty() : slot.lease();
      if (lease.isPresent()) {
        return new Found.Leased(lease.get());
      }
    } while (seen != loaded);
    if (history.isUnderWay(version)) {
      return new Found.Absent(Absence.VERSION_NOT_READY);
    }
    return new Found.Absent(
        Absence.UNKNOWN_VERSION,
        metrics.known(name, version).isEmpty()
            ? ""
            : "; it was taken out of service, loaded versions: " + seen.keySet());
  }

  /** Every version that is known of, newest first. */
  public List<VersionStatus> versions() {
    return history.all();
  }

  /** What loads and unloads came to, newest first; the latest of them only. */
  public List<VersionEvent> events() {
    return history.events();
  }

  /** The versions that can answer now, newest first. */
  public NavigableSet<Long> loadedVersions() {
    return loaded.navigableKeySet();
  }

  /** The version that answers requests which name none, if any does. */
  public OptionalLong servedVersion() {
    NavigableMap<Long, ModelSlot<Servable>> seen = loaded;
    return seen.isEmpty() ? OptionalLong.empty() : OptionalLong.of(seen.firstKey());
  }

  /** What each label stands for, loaded or not. */
  public Map<String, Long> labels() {
    return labels;
  }

  /** Complete when the memory of a version is freed that takes no more requests. */
  public CompletionStage<Void> gone(long version) {
    CompletableFuture<Void> told = gone.computeIfAbsent(version, any -> new CompletableFuture<>());
    if (history.hasEnded(version)) { // maybe before anybody asked
      told.complete(null);
      gone.remove(version, told);
    }
    return told;
  }

  VersionHistory history() {
    return history;
  }

  void label(Map<String, Long> all) {
    labels = Map.copyOf(all);
  }

  /** Lets {@code loadedNow} take the requests for its version from now on. One thread at a time. */
  void put(Servable loadedNow, Occasion occasion) {
    Servable next = loadedNow.countedBy(metrics.introduce(name, loadedNow.version()));
    ModelSlot<Servable> slot = loaded.get(next.version());
    long start = System.nanoTime();
    if (slot != null) {
      leaving.put(next.version(), new Leaving(start, occasion.cause()));
      slot.swap(next);
    } else {
      ModelSlot<Servable> fresh = new ModelSlot<>(this::retire);
      fresh.swap(next);
      NavigableMap<Long, ModelSlot<Servable>> more = copy();
      more.put(next.version(), fresh);
      loaded = Collections.unmodifiableNavigableMap(more);
    }
    metrics.life().stage(name, Stage.SWAP, Duration.ofNanos(System.nanoTime() - start));
    // Reported after the fact: whoever reads it and then asks gets the new version.
    history.enter(next.version(), VersionStatus.State.AVAILABLE, occasion);
  }

  /** Lets {@code version} take no more requests; it is closed by its last lease. */
  void remove(long version, Cause cause) {
    NavigableMap<Long, ModelSlot<Servable>> fewer = copy();
    ModelSlot<Servable> slot = fewer.remove(version);
    if (slot == null) {
      return;
    }
    loaded = Collections.unmodifiableNavigableMap(fewer);
    history.unloading(version);
    leaving.put(version, new Leaving(System.nanoTime(), cause));
    slot.close();
  }

  private NavigableMap<Long, ModelSlot<Servable>> copy() {
    NavigableMap<Long, ModelSlot<Servable>> copy = new TreeMap<>(Comparator.reverseOrder());
    copy.putAll(loaded);
    return copy;
  }

  /** Nothing is served any more; what still runs is closed when it ends. */
  @Override
  public void close() {
    for (long version : List.copyOf(loaded.keySet())) {
      remove(version, Cause.STOP);
    }
  }
}
