package io.mlserve.metrics;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** Shows counters to Prometheus. Only reads them: a scrape holds up no request. */
final class TrafficSamples {
  private static final Scale TIMES = Scale.of(VersionCounters.TIMES, 1e9);
  private static final Scale SIZES = Scale.of(VersionCounters.SIZES, 1);
  private static final List<Snippet> KINDS = kinds();

  private final List<Row> rows;
  private final List<ModelRow> models;
  private final SampleWriter out;

  private record Row(Snippet labels, VersionCounters counters) {}

  private record ModelRow(Snippet labels, ModelCounters counters) {}

  /** The labels {@code le} of a histogram, and how many of our units make one of Prometheus'. */
  private record Scale(List<Snippet> labels, double unit) {
    static Scale of(long[] bounds, double unit) {
      return new Scale(
          Histograms.Scale.of(bounds, unit).bounds().stream()
              .map(bound -> new Snippet("," + Snippet.label("le", bound)))
              .toList(),
          unit);
    }
  }

  private static List<Snippet> kinds() {
    return RequestKind.ALL.stream()
        .map(
            kind ->
                String.join(
                    ",",
                    Snippet.label("protocol", kind.protocol().label()),
                    Snippet.label("selector", kind.selector().label()),
                    Snippet.label("code", kind.result()),
                    Snippet.label("outcome", kind.outcome())))
        .map(labels -> new Snippet("," + labels))
        .toList();
  }

  /** Both maps in the order in which they are to be shown. */
  TrafficSamples(
      Map<VersionKey, VersionCounters> versions,
      Map<String, ModelCounters> models,
      ExtraLabels extra,
      SampleWriter out) {
    this.rows = new ArrayList<>(versions.size());
    versions.forEach((key, counters) -> rows.add(new Row(extra.before(key), counters)));
    this.models = new ArrayList<>(models.size());
    models.forEach(
        (model, counters) -> this.models.add(new ModelRow(extra.before(model, ""), counters)));
    this.out = out;
  }

  void write() throws IOException {
    requests();
    numbers(
        "mlserve_inferences_total",
        MetricType.COUNTER,
        "Rows that were inferred.",
        VersionCounters::rows);
    numbers(
        "mlserve_executions_total",
        MetricType.COUNTER,
        "Runs of the model; fewer than requests where requests are batched.",
        counters -> counters.compute().count());
    numbers(
        "mlserve_inflight_requests",
        MetricType.GAUGE,
        "Requests that hold this version now.",
        VersionCounters::inFlight);
    numbers(
        "mlserve_model_last_request_timestamp_seconds",
        MetricType.GAUGE,
        "When a request last asked for a version, whatever became of it; 0 for never.",
        counters -> counters.lastMillis() / 1e3);
    spread(
        "mlserve_request_duration_seconds",
        "From the last byte of a request to its answer being ready.",
        TIMES,
        VersionCounters::durations);
    spread(
        "mlserve_queue_duration_seconds",
        "From the last byte of a request to work on it beginning.",
        TIMES,
        VersionCounters::queue);
    spread(
        "mlserve_compute_duration_seconds",
        "Runs of the model alone.",
        TIMES,
        VersionCounters::compute);
    spread("mlserve_batch_size", "Rows that ran together.", SIZES, VersionCounters::batches);
  }

  private void requests() throws IOException {
    out.family(
        "mlserve_requests_total",
        MetricType.COUNTER,
        "Requests answered or turned away, by outcome.");
    Snippet name = new Snippet("mlserve_requests_total{");
    for (Row row : rows) {
      requests(name, row.labels(), row.counters().requests());
    }
    for (ModelRow row : models) {
      requests(name, row.labels(), row.counters().requests());
    }
  }

  private void requests(Snippet name, Snippet labels, RequestCells cells) throws IOException {
    for (int kind = 0; kind < KINDS.size(); kind++) {
      if (cells.isShown(kind)) {
        out.sample(name, labels, KINDS.get(kind), cells.count(kind));
      }
    }
  }

  private void numbers(
      String name, MetricType type, String help, ToDoubleFunction<VersionCounters> number)
      throws IOException {
    out.family(name, type, help);
    Snippet begin = new Snippet(name + "{");
    for (Row row : rows) {
      out.sample(begin, row.labels(), number.applyAsDouble(row.counters()));
    }
  }

  private void spread(
      String name, String help, Scale scale, Function<VersionCounters, Distribution> spread)
      throws IOException {
    out.family(name, MetricType.HISTOGRAM, help);
    Snippet bucket = new Snippet(name + "_bucket{");
    Snippet count = new Snippet(name + "_count{");
    Snippet sum = new Snippet(name + "_sum{");
    for (Row row : rows) {
      Distribution values = spread.apply(row.counters());
      long cumulative = 0;
      for (int at = 0; at < scale.labels().size(); at++) {
        cumulative += values.count(at);
        out.sample(bucket, row.labels(), scale.labels().get(at), cumulative);
      }
      out.sample(count, row.labels(), Snippet.NONE, cumulative);
      out.sample(sum, row.labels(), values.sum() / scale.unit());
    }
  }
}
