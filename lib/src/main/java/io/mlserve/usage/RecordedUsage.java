package io.mlserve.usage;

import io.mlserve.metrics.Exposition;
import io.mlserve.metrics.RecordedScrape;
import io.mlserve.metrics.ScrapeLog;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Usage out of files of recorded scrapes, one server for each address in them.
 *
 * @param logs may overlap; each server's scrapes are put in order of time
 * @param step how far apart the hours begin among which the busiest is looked for
 */
public record RecordedUsage(List<ScrapeLog> logs, Duration step) implements UsageSource {
  public RecordedUsage {
    logs = List.copyOf(logs);
  }

  @Override
  public Survey survey(Window window) {
    Map<String, ServerLooks> servers = new TreeMap<>();
    List<RecordedScrape> scrapes = new ArrayList<>();
    for (ScrapeLog log : logs) {
      log.read(scrapes::add);
    }
    scrapes.sort(Comparator.comparing(RecordedScrape::at));
    for (RecordedScrape scrape : scrapes) {
      ServerLooks server = servers.computeIfAbsent(scrape.source(), url -> new ServerLooks());
      scrape.text().ifPresent(text -> server.add(scrape.at(), Exposition.parse(text)));
    }
    return new Fleet(servers.values(), step).survey(window);
  }

  /** Several servers as one. */
  private record Fleet(Collection<ServerLooks> servers, Duration step) {
    Survey survey(Window window) {
      double coverage =
          servers.stream().mapToDouble(server -> server.coverage(window)).min().orElse(0);
      TreeSet<ModelVersion> versions = new TreeSet<>();
      TreeSet<ModelVersion> loaded = new TreeSet<>();
      for (ServerLooks server : servers) {
        versions.addAll(server.versions());
        loaded.addAll(server.loaded());
      }
      List<Evidence> evidence = new ArrayList<>();
      for (ModelVersion version : versions) {
        evidence.add(
            new Evidence(
                version, traffic(version, window), coverage, Standing.among(loaded, version)));
      }
      return new Survey(evidence, List.of());
    }

    private Evidence.Traffic traffic(ModelVersion version, Window window) {
      List<List<Growth>> all = new ArrayList<>();
      Map<String, Double> addressed = new TreeMap<>();
      for (ServerLooks server : servers) {
        server
            .growth(version)
            .forEach(
                (selector, growth) -> {
                  all.addAll(growth);
                  double requests = new RateHistory(growth).requests(window);
                  if (!selector.isEmpty() && requests > 0) {
                    addressed.merge(selector, requests, Double::sum);
                  }
                });
      }
      RateHistory history = new RateHistory(all);
      Optional<Instant> last =
          servers.stream()
              .map(server -> server.lastRequest(version).orElse(null))
              .filter(Objects::nonNull)
              .max(Comparator.naturalOrder());
      double inFlight = servers.stream().mapToDouble(server -> server.inFlight(version)).sum();
      return new Evidence.Traffic(
          history.peak(window, step), history.requests(window), last, inFlight, addressed);
    }
  }
}
