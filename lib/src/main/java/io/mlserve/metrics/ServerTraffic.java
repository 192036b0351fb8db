package io.mlserve.metrics;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * What an mlserve server says about its models.
 *
 * @param versions by model, the newest version first
 * @param inFlight requests admitted and not answered yet; empty if the server does not say
 */
public record ServerTraffic(List<ModelTraffic> versions, OptionalDouble inFlight) {
  private static final String OK = ServingMetrics.OK;

  private record Key(String model, String version) {
    static Key of(Sample sample) {
      return new Key(sample.label("model"), sample.label("version"));
    }

    boolean fits(Sample sample) {
      return equals(of(sample));
    }
  }

  public ServerTraffic {
    versions = List.copyOf(versions);
  }

  /** Reads the metrics of mlserve out of a scrape; others are passed over. */
  public static ServerTraffic of(Exposition scrape) {
    TreeSet<Key> keys =
        new TreeSet<>(
            Comparator.comparing(Key::model)
                .thenComparing(Comparator.comparingLong(ServerTraffic::number).reversed())
                .thenComparing(Key::version));
    Stream.of("mlserve_requests_total", "mlserve_model_state")
        .flatMap(scrape::samples)
        .map(Key::of)
        .forEach(keys::add);
    List<Sample> inFlight = scrape.samples("mlserve_inflight_requests").toList();
    return new ServerTraffic(
        keys.stream()
            .map(key -> traffic(scrape, key))
            .filter(each -> !each.version().isEmpty() || each.requests() > 0)
            .toList(),
        inFlight.isEmpty()
            ? OptionalDouble.empty()
            : OptionalDouble.of(inFlight.stream().mapToDouble(Sample::value).sum()));
  }

  private static ModelTraffic traffic(Exposition scrape, Key key) {
    String durations = "mlserve_request_duration_seconds";
    return new ModelTraffic(
        key.model,
        key.version,
        scrape
            .samples("mlserve_model_state")
            .filter(key::fits)
            .filter(sample -> sample.value() == 1)
            .map(sample -> sample.label("state"))
            .findFirst(),
        requests(scrape, key, sample -> true),
        requests(scrape, key, sample -> !sample.label("code").equals(OK)),
        Buckets.of(
            scrape.samples(durations + "_bucket").filter(key::fits),
            scrape.samples(durations + "_sum").filter(key::fits)),
        first(scrape, "mlserve_model_last_request_timestamp_seconds", key)
            .filter(seconds -> seconds > 0)
            .map(seconds -> Instant.ofEpochMilli(Math.round(seconds * 1000))),
        first(scrape, "mlserve_model_load_duration_seconds", key)
            .map(OptionalDouble::of)
            .orElse(OptionalDouble.empty()),
        first(scrape, "mlserve_inflight_requests", key)
            .map(OptionalDouble::of)
            .orElse(OptionalDouble.empty()));
  }

  private static double requests(Exposition scrape, Key key, Predicate<Sample> which) {
    return scrape
        .samples("mlserve_requests_total")
        .filter(key::fits)
        .filter(which)
        .mapToDouble(Sample::value)
        .sum();
  }

  private static Optional<Double> first(Exposition scrape, String name, Key key) {
    return scrape.samples(name).filter(key::fits).map(Sample::value).findFirst();
  }

  // versions are numbers; what is none comes last
  private static long number(Key key) {
    try {
      return Long.parseLong(key.version);
    } catch (NumberFormatException e) {
      return -1;
    }
  }
}
