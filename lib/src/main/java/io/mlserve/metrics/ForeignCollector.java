package io.mlserve.metrics;

import io.prometheus.client.Collector;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/**
 * Shows counters under the names of other servers, with their units and labels. Most of their names
 * are none that a counter may have here, so they have no type; queries do not look at it.
 */
final class ForeignCollector extends Collector {
  private static final List<String> TFS = List.of("model_name", "model_version");
  private static final List<String> MODEL = List.of("model", "version");
  private static final List<String> SELDON = List.of("model_name", "model_version", "code");
  private static final double MICRO = 1e3; // nanoseconds
  private static final double SECOND = 1e9;

  private final Map<VersionKey, VersionCounters> versions;
  private final Set<ForeignNames> wanted;

  ForeignCollector(Map<VersionKey, VersionCounters> versions, Set<ForeignNames> wanted) {
    this.versions = versions;
    this.wanted = wanted;
  }

  @Override
  public List<MetricFamilySamples> collect() {
    SortedMap<VersionKey, VersionCounters> sorted = new TreeMap<>(versions);
    List<MetricFamilySamples> families = new ArrayList<>();
    for (ForeignNames names : wanted) {
      families.addAll(
          switch (names) {
            case TFS_FORK ->
                List.of(
                    each(
                        sorted,
                        ":tensorflow:serving:model_call_count",
                        TFS,
                        counters -> counters.requests().total()));
            case TFS -> tfs(sorted);
            case TRITON -> triton(sorted);
            case PADDLE -> paddle(sorted);
            case SELDON -> seldon(sorted);
          });
    }
    return families;
  }

  private static MetricFamilySamples each(
      SortedMap<VersionKey, VersionCounters> versions,
      String name,
      List<String> labels,
      ToDoubleFunction<VersionCounters> value) {
    List<MetricFamilySamples.Sample> samples = new ArrayList<>();
    versions.forEach(
        (key, counters) ->
            samples.add(
                new MetricFamilySamples.Sample(
                    name,
                    labels,
                    List.of(key.model(), Long.toString(key.version())),
                    value.applyAsDouble(counters))));
    return new MetricFamilySamples(name, Type.UNKNOWN, "See " + name + " elsewhere.", samples);
  }

  private static double succeeded(VersionCounters counters) {
    return counters.requests().total() - failed(counters);
  }

  private static double failed(VersionCounters counters) {
    return counters.usage().failures();
  }

  // Without versions, as there.
  private static List<MetricFamilySamples> tfs(SortedMap<VersionKey, VersionCounters> versions) {
    String count = ":tensorflow:serving:request_count";
    String latency = ":tensorflow:serving:request_latency";
    Map<List<String>, Double> counts =
        new TreeMap<>((a, b) -> a.toString().compareTo(b.toString()));
    Map<String, Distribution.Sum> latencies = new TreeMap<>();
    versions.forEach(
        (key, counters) -> {
          counters
              .requests()
              .read(
                  (kind, requests) ->
                      counts.merge(
                          List.of(key.model(), RequestKind.ALL.get(kind).result()),
                          (double) requests,
                          Double::sum));
          latencies.merge(key.model(), counters.durations().read(), Distribution.Sum::plus);
        });
    List<MetricFamilySamples.Sample> samples = new ArrayList<>();
    counts.forEach(
        (labels, value) ->
            samples.add(
                new MetricFamilySamples.Sample(
                    count, List.of("model_name", "status"), labels, value)));
    List<MetricFamilySamples.Sample> times = new ArrayList<>();
    latencies.forEach(
        (model, sum) ->
            Histograms.add(
                times,
                latency,
                new Histograms.Labels(
                    List.of("model_name", "API", "entrypoint"), List.of(model, "Predict", "All")),
                new Histograms.Read(Histograms.Scale.of(VersionCounters.TIMES, MICRO), sum)));
    return List.of(
        new MetricFamilySamples(count, Type.UNKNOWN, "Requests by status.", samples),
        new MetricFamilySamples(
            latency, Type.HISTOGRAM, "Time from request to answer in microseconds.", times));
  }

  private static List<MetricFamilySamples> triton(SortedMap<VersionKey, VersionCounters> all) {
    return List.of(
        each(all, "nv_inference_request_success", MODEL, ForeignCollector::succeeded),
        each(all, "nv_inference_request_failure", MODEL, ForeignCollector::failed),
        each(all, "nv_inference_count", MODEL, VersionCounters::rows),
        each(all, "nv_inference_exec_count", MODEL, each -> each.compute().count()),
        each(
            all, "nv_inference_request_duration_us", MODEL, each -> each.durations().sum() / MICRO),
        each(all, "nv_inference_queue_duration_us", MODEL, each -> each.queue().sum() / MICRO),
        each(
            all,
            "nv_inference_compute_infer_duration_us",
            MODEL,
            each -> each.compute().sum() / MICRO),
        each(all, "nv_inference_pending_request_count", MODEL, VersionCounters::inFlight));
  }

  private static List<MetricFamilySamples> paddle(SortedMap<VersionKey, VersionCounters> all) {
    return List.of(
        each(all, "pd_query_request_success_total", MODEL, ForeignCollector::succeeded),
        each(all, "pd_query_request_failure_total", MODEL, ForeignCollector::failed),
        each(all, "pd_inference_count_total", MODEL, VersionCounters::rows),
        each(
            all,
            "pd_query_request_duration_us_total",
            MODEL,
            each -> each.durations().sum() / MICRO),
        each(all, "pd_inference_duration_us_total", MODEL, each -> each.compute().sum() / MICRO));
  }

  private static List<MetricFamilySamples> seldon(SortedMap<VersionKey, VersionCounters> all) {
    String name = "seldon_api_executor_server_requests_seconds";
    String total = "seldon_model_infer_total";
    List<MetricFamilySamples.Sample> times = new ArrayList<>();
    List<MetricFamilySamples.Sample> counts = new ArrayList<>();
    all.forEach(
        (key, counters) -> {
          List<String> labels = List.of(key.model(), Long.toString(key.version()));
          Histograms.add(
              times,
              name,
              new Histograms.Labels(TFS, labels),
              new Histograms.Read(
                  Histograms.Scale.of(VersionCounters.TIMES, SECOND), counters.durations().read()));
          Map<String, Double> codes = new TreeMap<>();
          counters
              .requests()
              .read(
                  (kind, requests) ->
                      codes.merge(
                          status(RequestKind.ALL.get(kind)), (double) requests, Double::sum));
          codes.forEach(
              (code, value) ->
                  counts.add(
                      new MetricFamilySamples.Sample(
                          total, SELDON, List.of(labels.get(0), labels.get(1), code), value)));
        });
    return List.of(
        new MetricFamilySamples(name, Type.HISTOGRAM, "Time from request to answer.", times),
        new MetricFamilySamples(total, Type.COUNTER, "Requests by status.", counts));
  }

  private static String status(RequestKind kind) {
    return kind.code().isEmpty() ? "200" : kind.result();
  }
}
