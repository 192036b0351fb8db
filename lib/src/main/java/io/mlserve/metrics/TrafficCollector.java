package io.mlserve.metrics;

import io.mlserve.error.ErrorCode;
import io.prometheus.client.Collector;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** Shows counters to Prometheus. Only reads them: a scrape holds up no request. */
final class TrafficCollector extends Collector {
  private static final List<String> VERSION = List.of("model", "version");
  private static final List<String> REQUEST =
      List.of("model", "version", "protocol", "selector", "code", "outcome");
  private static final Histograms.Scale TIMES = Histograms.Scale.of(VersionCounters.TIMES, 1e9);
  private static final Histograms.Scale SIZES = Histograms.Scale.of(VersionCounters.SIZES, 1);
  private static final String REQUESTS = "mlserve_requests_total";

  private final Map<String, ModelCounters> models;
  private final Map<VersionKey, VersionCounters> versions;

  TrafficCollector(Map<String, ModelCounters> models, Map<VersionKey, VersionCounters> versions) {
    this.models = models;
    this.versions = versions;
  }

  @Override
  public List<MetricFamilySamples> collect() {
    SortedMap<VersionKey, VersionCounters> sorted = new TreeMap<>(versions);
    return List.of(
        requests(sorted),
        numbers(
            sorted,
            "mlserve_inferences_total",
            "Rows that were inferred.",
            Type.COUNTER,
            VersionCounters::rows),
        numbers(
            sorted,
            "mlserve_executions_total",
            "Runs of the model; fewer than requests where requests are batched.",
            Type.COUNTER,
            counters -> counters.compute().read().count()),
        numbers(
            sorted,
            "mlserve_inflight_requests",
            "Requests that hold this version now.",
            Type.GAUGE,
            VersionCounters::inFlight),
        numbers(
            sorted,
            "mlserve_model_last_request_timestamp_seconds",
            "When a request last asked for a version, whatever became of it; 0 for never.",
            Type.GAUGE,
            counters -> counters.lastMillis() / 1e3),
        times(
            sorted,
            "mlserve_request_duration_seconds",
            "From the last byte of a request to its answer being ready.",
            VersionCounters::durations),
        times(
            sorted,
            "mlserve_queue_duration_seconds",
            "From the last byte of a request to work on it beginning.",
            VersionCounters::queue),
        times(
            sorted,
            "mlserve_compute_duration_seconds",
            "Runs of the model alone.",
            VersionCounters::compute),
        spread(
            sorted,
            "mlserve_batch_size",
            "Rows that ran together.",
            SIZES,
            VersionCounters::batches));
  }

  private MetricFamilySamples requests(SortedMap<VersionKey, VersionCounters> sorted) {
    List<MetricFamilySamples.Sample> samples = new ArrayList<>();
    sorted.forEach(
        (key, counters) ->
            requests(samples, key.model(), Long.toString(key.version()), counters.requests()));
    new TreeMap<>(models)
        .forEach((model, counters) -> requests(samples, model, "", counters.requests()));
    return new MetricFamilySamples(
        REQUESTS, Type.COUNTER, "Requests answered or turned away, by outcome.", samples);
  }

  private static void requests(
      List<MetricFamilySamples.Sample> samples, String model, String version, RequestCells cells) {
    cells.read(
        (protocol, selector, code, count) ->
            samples.add(
                new MetricFamilySamples.Sample(
                    REQUESTS,
                    REQUEST,
                    List.of(
                        model,
                        version,
                        protocol.label(),
                        selector.label(),
                        code.map(ErrorCode::name).orElse(ServingMetrics.OK),
                        code.map(TrafficCollector::outcome).orElse("ok")),
                    count)));
  }

  /** Who is to look into it. */
  private static String outcome(ErrorCode code) {
    return switch (code) {
      case RESOURCE_EXHAUSTED -> "shed";
      case DEADLINE_EXCEEDED -> "deadline";
      case ABORTED -> "cancelled";
      case INVALID_ARGUMENT,
          NOT_FOUND,
          ALREADY_EXISTS,
          PERMISSION_DENIED,
          UNAUTHENTICATED,
          FAILED_PRECONDITION,
          OUT_OF_RANGE ->
          "client_error";
      case UNIMPLEMENTED,
          UNAVAILABLE,
          DATA_LOSS,
          LOCKED,
          CHECK_FAILED,
          INCONCLUSIVE,
          PARTIAL,
          INTERNAL ->
          "server_error";
    };
  }

  private static List<String> labels(VersionKey key) {
    return List.of(key.model(), Long.toString(key.version()));
  }

  private static MetricFamilySamples numbers(
      SortedMap<VersionKey, VersionCounters> sorted,
      String name,
      String help,
      Type type,
      ToDoubleFunction<VersionCounters> number) {
    List<MetricFamilySamples.Sample> samples = new ArrayList<>(sorted.size());
    sorted.forEach(
        (key, counters) ->
            samples.add(
                new MetricFamilySamples.Sample(
                    name, VERSION, labels(key), number.applyAsDouble(counters))));
    return new MetricFamilySamples(name, type, help, samples);
  }

  private static MetricFamilySamples times(
      SortedMap<VersionKey, VersionCounters> sorted,
      String name,
      String help,
      Function<VersionCounters, Distribution> spread) {
    return spread(sorted, name, help, TIMES, spread);
  }

  private static MetricFamilySamples spread(
      SortedMap<VersionKey, VersionCounters> sorted,
      String name,
      String help,
      Histograms.Scale scale,
      Function<VersionCounters, Distribution> spread) {
    List<MetricFamilySamples.Sample> samples =
        new ArrayList<>(sorted.size() * (scale.bounds().size() + 2));
    sorted.forEach(
        (key, counters) ->
            Histograms.add(
                samples,
                name,
                new Histograms.Labels(VERSION, labels(key)),
                new Histograms.Read(scale, spread.apply(counters).read())));
    return new MetricFamilySamples(name, Type.HISTOGRAM, help, samples);
  }
}
