package io.mlserve.metrics.history;

import io.mlserve.metrics.Selector;
import io.mlserve.metrics.Usage;
import io.mlserve.metrics.VersionKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Makes slots of time out of counters that only grow. What came since the last look belongs to the
 * slot of this one, so it is to be called every few seconds. Not thread-safe; reads no clock.
 */
public final class TrafficHistory {
  static final Duration SLOT = Duration.ofMinutes(5);
  static final Duration HOUR = Duration.ofHours(1);

  /** How long slots of five minutes are kept: a day, and an hour for rates over an hour. */
  public static final Duration FINE = Duration.ofHours(25);

  /** How long slots of an hour are kept. */
  public static final Duration COARSE = Duration.ofDays(30);

  private static final int MOST_GAPS = 500;

  private final Instant since;
  private final List<Gap> gaps;
  private final Map<VersionKey, Version> versions = new HashMap<>();
  private Instant slot = Instant.MIN; // of the last look

  /** One version, and what its counters said. */
  private static final class Version {
    private final Map<Selector, Instant> last = new EnumMap<>(Selector.class);
    private final NavigableMap<Instant, Tally> fiveMinutes = new TreeMap<>();
    private final Map<Instant, Latency> latencies = new HashMap<>();
    private final NavigableMap<Instant, Tally> hours = new TreeMap<>();
    private Tally seen = Tally.NONE;
    private List<Long> durations = List.of();
    private List<Long> atSlotStart = List.of();

    boolean isEmptySince(Instant time) {
      return hours.isEmpty() && last.values().stream().allMatch(time::isAfter);
    }
  }

  /**
   * Goes on from what was saved before, if anything was.
   *
   * @param now from when on it records
   */
  public TrafficHistory(Optional<Saved> before, Instant now) {
    this.since = before.map(Saved::since).orElse(now);
    this.gaps = new ArrayList<>(before.map(Saved::gaps).orElse(List.of()));
    before.map(Saved::written).filter(now::isAfter).ifPresent(end -> gaps.add(new Gap(end, now)));
    before.ifPresent(saved -> saved.versions().forEach(this::restore));
    while (gaps.size() > MOST_GAPS) { // a server that restarts all the time: know less, not more
      Gap first = gaps.remove(0);
      gaps.set(0, new Gap(first.from(), gaps.get(0).to()));
    }
  }

  private void restore(VersionKey key, VersionTraffic saved) {
    Version version = new Version();
    version.last.putAll(saved.last());
    version.fiveMinutes.putAll(saved.fiveMinutes());
    version.latencies.putAll(saved.latencies());
    version.hours.putAll(saved.hours());
    versions.put(key, version);
  }

  /** Enters what the counters of all versions say now. */
  public void record(SortedMap<VersionKey, Usage> usage, Instant now) {
    Instant current = floor(now, SLOT);
    if (!current.equals(slot)) {
      slot = current;
      versions.values().forEach(version -> version.atSlotStart = version.durations);
      forget(now, usage.keySet());
    }
    usage.forEach(
        (key, read) -> enter(versions.computeIfAbsent(key, any -> new Version()), read, now));
  }

  private void enter(Version version, Usage usage, Instant now) {
    Tally counted = Tally.of(usage);
    Tally fresh = counted.since(version.seen);
    if (fresh.requests() > 0) {
      version.fiveMinutes.merge(slot, fresh, Tally::plus);
      version.hours.merge(floor(now, HOUR), fresh, Tally::plus);
    }
    List<Long> timed = Latency.since(usage.durations(), version.atSlotStart);
    if (!usage.durations().equals(version.durations) && timed.stream().anyMatch(n -> n > 0)) {
      version.latencies.put(slot, Latency.of(timed));
    }
    version.seen = counted;
    version.durations = usage.durations();
    usage
        .lastMillis()
        .forEach(
            (selector, millis) -> {
              if (millis > 0) {
                version.last.put(selector, Instant.ofEpochMilli(millis));
              }
            });
  }

  private static Instant floor(Instant now, Duration slot) {
    return Instant.ofEpochSecond(
        Math.floorDiv(now.getEpochSecond(), slot.toSeconds()) * slot.toSeconds());
  }

  private void forget(Instant now, Set<VersionKey> live) {
    Instant longAgo = now.minus(COARSE);
    for (Version version : versions.values()) {
      version.fiveMinutes.headMap(now.minus(FINE).minus(SLOT)).clear();
      version.latencies.keySet().retainAll(new TreeSet<>(version.fiveMinutes.keySet()));
      version.hours.headMap(longAgo).clear();
    }
    gaps.removeIf(gap -> gap.to().isBefore(longAgo));
    versions
        .entrySet()
        .removeIf(each -> !live.contains(each.getKey()) && each.getValue().isEmptySince(longAgo));
  }

  /** Of which time anything is known. */
  public Coverage coverage() {
    return new Coverage(since, gaps);
  }

  /** All that is remembered, as it is to be saved. */
  public Saved save(Instant now) {
    SortedMap<VersionKey, VersionTraffic> all = new TreeMap<>();
    versions.forEach((key, version) -> all.put(key, traffic(version)));
    return new Saved(now, since, gaps, all);
  }

  /** What is remembered of one version. */
  public VersionTraffic of(VersionKey key) {
    @Nullable Version version = versions.get(key);
    return traffic(version == null ? new Version() : version);
  }

  private static VersionTraffic traffic(Version version) {
    return new VersionTraffic(
        version.last,
        new TreeMap<>(version.fiveMinutes),
        new HashMap<>(version.latencies),
        new TreeMap<>(version.hours));
  }

  /**
   * A whole history at one time.
   *
   * @param written up to when it is complete
   */
  public record Saved(
      Instant written,
      Instant since,
      List<Gap> gaps,
      SortedMap<VersionKey, VersionTraffic> versions) {
    public Saved {
      gaps = List.copyOf(gaps);
      versions = Collections.unmodifiableSortedMap(new TreeMap<>(versions));
    }

    public Coverage coverage() {
      return new Coverage(since, gaps);
    }
  }
}
