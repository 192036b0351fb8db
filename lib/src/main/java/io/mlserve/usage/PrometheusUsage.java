package io.mlserve.usage;

import io.mlserve.metrics.PrometheusClient;
import io.mlserve.metrics.Sample;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;

/** Usage out of a Prometheus server that scrapes all servers. */
public final class PrometheusUsage implements UsageSource {
  private final PrometheusClient prometheus;
  private final PrometheusQueries queries;

  public PrometheusUsage(PrometheusClient prometheus, PrometheusQueries queries) {
    this.prometheus = prometheus;
    this.queries = queries;
  }

  /** What becomes known of a version, query by query. */
  private static final class Facts {
    private double peak;
    private double requests;
    private double inFlight;
    private Optional<Instant> last = Optional.empty();
    private final Map<String, Double> addressed = new TreeMap<>();

    Evidence.Traffic traffic() {
      return new Evidence.Traffic(peak, requests, last, inFlight, addressed);
    }
  }

  @Override
  public Survey survey(Window window) {
    SortedMap<ModelVersion, Facts> facts = new TreeMap<>();
    TreeSet<ModelVersion> loaded = new TreeSet<>();
    for (Sample sample : ask(queries.loaded(), window)) {
      facts.computeIfAbsent(ModelVersion.of(sample), v -> new Facts());
      if (sample.value() == 1) {
        loaded.add(ModelVersion.of(sample));
      }
    }
    gather(facts, window);
    List<String> doubts = new ArrayList<>();
    double coverage = new PrometheusCoverage(prometheus, queries).of(window, doubts);
    List<Evidence> evidence = new ArrayList<>();
    facts.forEach(
        (version, known) ->
            evidence.add(
                new Evidence(version, known.traffic(), coverage, Standing.among(loaded, version))));
    return new Survey(evidence, doubts);
  }

  private void gather(SortedMap<ModelVersion, Facts> facts, Window window) {
    for (String peak : queries.peaks(window.length())) {
      each(facts, peak, window, (known, s) -> known.peak = Math.max(known.peak, s.value()));
    }
    each(
        facts,
        queries.addressed(window.length()),
        window,
        (known, sample) -> {
          known.requests += sample.value();
          if (sample.value() > 0 && !sample.label("selector").isEmpty()) {
            known.addressed.merge(sample.label("selector"), sample.value(), Double::sum);
          }
        });
    double seconds = Duration.ofHours(1).toMillis() / 1000.0;
    for (String least : queries.leastRequests(window.length())) {
      each(
          facts,
          least,
          window,
          (known, sample) -> {
            known.requests = Math.max(known.requests, sample.value());
            // when is not known: at least one in the window makes this rate in some hour
            if (sample.value() > 0 && known.peak == 0) {
              known.peak = sample.value() / seconds;
            }
          });
    }
    each(
        facts,
        queries.lastRequest(window.length()),
        window,
        (known, sample) -> {
          if (sample.value() > 0) {
            known.last = Optional.of(Instant.ofEpochMilli(Math.round(sample.value() * 1000)));
          }
        });
    each(facts, queries.inFlight(), window, (known, sample) -> known.inFlight = sample.value());
  }

  private void each(
      SortedMap<ModelVersion, Facts> facts,
      String query,
      Window window,
      BiConsumer<Facts, Sample> take) {
    for (Sample sample : ask(query, window)) {
      take.accept(facts.computeIfAbsent(ModelVersion.of(sample), version -> new Facts()), sample);
    }
  }

  private List<Sample> ask(String query, Window window) {
    return prometheus.query(query, window.end());
  }
}
