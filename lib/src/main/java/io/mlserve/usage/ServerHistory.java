package io.mlserve.usage;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.metrics.Json;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What one server remembers of its traffic.
 *
 * @param coverage the share of the window that it recorded
 */
record ServerHistory(double coverage, Map<ModelVersion, Version> versions) {
  private static final Duration SLOT = Duration.ofMinutes(5);
  private static final Duration HOUR = Duration.ofHours(1);

  /** What it remembers of one version. */
  record Version(
      double requests,
      Map<String, Double> addressed,
      List<Growth> growth,
      Optional<Instant> last,
      double inFlight,
      Standing standing) {}

  /** Reads an answer; {@code DATA_LOSS} if it is not what a server of ours says. */
  static ServerHistory parse(Json json, URI uri, Duration length) {
    try {
      Instant now = Instant.parse(json.at("now").word());
      Window window = new Window(now, length);
      Map<ModelVersion, Version> versions = new TreeMap<>();
      for (Json model : json.at("models").items()) {
        long loaded =
            model.at("versions").items().stream()
                .filter(each -> each.at("loaded").isTrue())
                .count();
        for (Json each : model.at("versions").items()) {
          ModelVersion version =
              new ModelVersion(model.at("model").word(), each.at("version").word());
          versions.put(version, version(each, loaded == 1, window));
        }
      }
      return new ServerHistory(json.at("coverage").number().orElse(0), versions);
    } catch (DateTimeParseException e) {
      throw new MlserveException(
          ErrorCode.DATA_LOSS, uri + ": no traffic of mlserve (expected: its admin listener)", e);
    }
  }

  private static Version version(Json json, boolean only, Window window) {
    Optional<Instant> last = json.at("last_request").text().map(Instant::parse);
    boolean idle = last.filter(moment -> !window.reaches(moment)).isPresent();
    boolean loaded = json.at("loaded").isTrue();
    Standing standing =
        new Standing(
            loaded,
            json.at("default").isTrue(),
            loaded && only,
            json.at("labels").items().stream().map(Json::word).toList());
    Map<String, Double> addressed = new TreeMap<>();
    if (!idle) {
      json.at("requests_by")
          .fields()
          .forEach((selector, count) -> addressed.put(selector, count.number().orElse(0)));
    }
    return new Version(
        // slots are coarse, and the time of the last request is exact
        idle ? 0 : json.at("requests").number().orElse(0),
        addressed,
        idle ? List.of() : growth(json, window),
        last,
        json.at("in_flight").number().orElse(0),
        standing);
  }

  // five minutes where there are some, hours before that
  private static List<Growth> growth(Json json, Window window) {
    Instant fine = window.end().minus(HOUR.multipliedBy(24));
    List<Growth> growth = new ArrayList<>();
    for (Json slot : json.at("hours").items()) {
      Growth hour = slot(slot, HOUR, window);
      if (!hour.to().isAfter(fine)) {
        growth.add(hour);
      }
    }
    for (Json slot : json.at("five_minutes").items()) {
      growth.add(slot(slot, SLOT, window));
    }
    return growth;
  }

  private static Growth slot(Json json, Duration length, Window window) {
    Instant start = Instant.parse(json.at("start").word());
    Instant end = start.plus(length);
    Instant to = end.isAfter(window.end()) && start.isBefore(window.end()) ? window.end() : end;
    return new Growth(start, to, json.at("requests").number().orElse(0), true);
  }

  /** One version at all servers that answered. */
  static Evidence together(
      List<ServerHistory> servers,
      ModelVersion version,
      double coverage,
      Window window,
      Duration step) {
    double requests = 0;
    double inFlight = 0;
    Optional<Instant> last = Optional.empty();
    Standing standing = Standing.GONE;
    Map<String, Double> addressed = new TreeMap<>();
    List<List<Growth>> growth = new ArrayList<>();
    for (ServerHistory server : servers) {
      Version here = server.versions.get(version);
      if (here != null) {
        requests += here.requests;
        inFlight += here.inFlight;
        last = later(last, here.last);
        standing = standing.and(here.standing);
        here.addressed.forEach((selector, count) -> addressed.merge(selector, count, Double::sum));
        growth.add(here.growth);
      }
    }
    double peak = new RateHistory(growth).peak(window, step);
    addressed.values().removeIf(count -> count == 0);
    return new Evidence(
        version,
        new Evidence.Traffic(peak, requests, last, inFlight, addressed),
        coverage,
        standing);
  }

  private static Optional<Instant> later(Optional<Instant> one, Optional<Instant> other) {
    return one.isEmpty() || other.filter(moment -> moment.isAfter(one.get())).isPresent()
        ? other
        : one;
  }
}
