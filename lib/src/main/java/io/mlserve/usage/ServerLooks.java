package io.mlserve.usage;

import io.mlserve.metrics.Exposition;
import io.mlserve.metrics.Sample;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One server, looked at again and again through what it exposes to Prometheus. Looks must come in
 * order of time.
 */
final class ServerLooks {
  private static final OptionalDouble ABSENT = OptionalDouble.empty();

  private final Map<Series, CounterTrack> tracks = new HashMap<>();
  private final CounterTrack process = new CounterTrack();
  private final TreeMap<ModelVersion, Instant> lastRequests = new TreeMap<>();
  private @Nullable Instant lastAt;
  private OptionalDouble lastProcess = ABSENT;
  private Exposition latest = new Exposition(List.of());

  private record Series(ModelVersion version, Map<String, String> labels) {
    static Series of(Sample sample) {
      return new Series(ModelVersion.of(sample), sample.labels());
    }

    String selector() {
      return labels.getOrDefault("selector", "");
    }
  }

  void add(Instant at, Exposition scrape) {
    if (lastAt != null && !at.isAfter(lastAt)) {
      return;
    }
    OptionalDouble started =
        scrape.samples("process_start_time_seconds").mapToDouble(Sample::value).findFirst();
    Map<Series, Double> seen = new HashMap<>();
    scrape
        .samples("mlserve_requests_total")
        .filter(sample -> !sample.label("version").isEmpty())
        .forEach(sample -> seen.merge(Series.of(sample), sample.value(), Double::sum));
    seen.keySet().forEach(series -> tracks.computeIfAbsent(series, s -> absentSoFar()));
    tracks.forEach(
        (series, track) -> {
          @Nullable Double value = seen.get(series);
          track.add(
              new CounterTrack.Look(
                  at, started, value == null ? ABSENT : OptionalDouble.of(value)));
        });
    process.add(new CounterTrack.Look(at, started, OptionalDouble.of(0)));
    scrape
        .samples("mlserve_model_last_request_timestamp_seconds")
        .filter(sample -> sample.value() > 0)
        .forEach(
            sample ->
                lastRequests.merge(ModelVersion.of(sample), instant(sample), ServerLooks::max));
    lastAt = at;
    lastProcess = started;
    latest = scrape;
  }

  private CounterTrack absentSoFar() {
    CounterTrack track = new CounterTrack();
    if (lastAt != null) {
      track.add(new CounterTrack.Look(lastAt, lastProcess, ABSENT));
    }
    return track;
  }

  /** How much of a window is known. */
  double coverage(Window window) {
    return Coverage.of(process.growth(), window);
  }

  /** Every version that was ever seen here. */
  Collection<ModelVersion> versions() {
    List<ModelVersion> versions = new ArrayList<>(lastRequests.keySet());
    tracks.keySet().forEach(series -> versions.add(series.version()));
    loaded().forEach(versions::add);
    return versions;
  }

  /** The versions that can answer, as of the latest look. */
  List<ModelVersion> loaded() {
    return latest
        .samples("mlserve_model_state")
        .filter(sample -> sample.label("state").equals("AVAILABLE") && sample.value() == 1)
        .map(ModelVersion::of)
        .toList();
  }

  /** What was counted of a version: growth of each of its series, by selector. */
  Map<String, List<List<Growth>>> growth(ModelVersion version) {
    Map<String, List<List<Growth>>> growth = new TreeMap<>();
    tracks.forEach(
        (series, track) -> {
          if (series.version().equals(version)) {
            growth.computeIfAbsent(series.selector(), s -> new ArrayList<>()).add(track.growth());
          }
        });
    return growth;
  }

  Optional<Instant> lastRequest(ModelVersion version) {
    return Optional.ofNullable(lastRequests.get(version));
  }

  /** Requests under way at the latest look. */
  double inFlight(ModelVersion version) {
    return latest
        .samples("mlserve_inflight_requests")
        .filter(sample -> ModelVersion.of(sample).equals(version))
        .mapToDouble(Sample::value)
        .sum();
  }

  private static Instant instant(Sample seconds) {
    return Instant.ofEpochMilli(Math.round(seconds.value() * 1000));
  }

  private static Instant max(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }
}
