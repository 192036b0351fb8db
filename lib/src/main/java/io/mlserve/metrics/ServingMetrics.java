package io.mlserve.metrics;

import io.mlserve.error.ErrorCode;
import io.mlserve.model.ModelName;
import io.prometheus.client.Collector;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;
import io.prometheus.client.Gauge;
import io.prometheus.client.Histogram;
import io.prometheus.client.exporter.common.TextFormat;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What the server counts. Thread-safe. Label values are names of models that are served, versions
 * and codes: nothing that a client can make up, so the number of series is bounded.
 */
public final class ServingMetrics {
  /** The code label of a request that succeeded. */
  public static final String OK = "OK";

  /** The model label of requests for models that are not served. */
  public static final String UNKNOWN = "_unknown";

  private static final double[] LATENCY_BUCKETS = {
    .0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60
  };

  private final CollectorRegistry registry = new CollectorRegistry();

  private final Counter requests =
      Counter.build("mlserve_requests_total", "Requests answered, by outcome.")
          .labelNames("model", "version", "protocol", "code")
          .register(registry);
  private final Histogram durations =
      Histogram.build(
              "mlserve_request_duration_seconds",
              "From the last byte of a request to its answer being ready.")
          .labelNames("model", "version")
          .buckets(LATENCY_BUCKETS)
          .register(registry);
  private final Gauge lastRequests =
      Gauge.build(
              "mlserve_model_last_request_timestamp_seconds",
              "When the latest request of a version was answered; 0 for never.")
          .labelNames("model", "version")
          .register(registry);
  private final Gauge inFlight =
      Gauge.build("mlserve_inflight_requests", "Inference requests admitted and not answered yet.")
          .register(registry);
  private final Counter loads =
      Counter.build("mlserve_model_reloads_total", "Attempts to load a version, by result.")
          .labelNames("model", "result")
          .register(registry);
  private final Counter configurations =
      Counter.build("mlserve_config_reloads_total", "Changed configuration files read, by result.")
          .labelNames("result")
          .register(registry);
  private final Gauge loadDuration =
      Gauge.build(
              "mlserve_model_load_duration_seconds",
              "How long the latest load of a version took, warm-up included.")
          .labelNames("model", "version")
          .register(registry);
  private final Gauge state =
      Gauge.build(
              "mlserve_model_state", "1 for the state that a version is in, 0 for those it left.")
          .labelNames("model", "version", "state")
          .register(registry);
  private final Counter closed =
      Counter.build(
              "mlserve_model_versions_closed_total",
              "Versions whose memory was freed after their last request.")
          .labelNames("model")
          .register(registry);

  /** Counts one answered request. {@code code} is {@link #OK} or the name of an error code. */
  public void answered(String model, String version, String protocol, String code, Duration took) {
    requests.labels(model, version, protocol, code).inc();
    durations.labels(model, version).observe(took.toNanos() / 1e9);
    lastRequests.labels(model, version).setToCurrentTime();
  }

  /**
   * Counts a request that no version can be charged with.
   *
   * @param model the name of a model that is served, or {@link #UNKNOWN}
   */
  public void refused(String model, String protocol, ErrorCode code) {
    requests.labels(model, "", protocol, code.name()).inc();
  }

  public void admitted() {
    inFlight.inc();
  }

  public void left() {
    inFlight.dec();
  }

  /** A version is about to be served: its series exist from now on, at zero. */
  public void introduce(ModelName model, long version, String protocol) {
    String number = Long.toString(version);
    requests.labels(model.text(), number, protocol, OK);
    durations.labels(model.text(), number);
    lastRequests.labels(model.text(), number);
  }

  /** A model is known: its counters exist from now on, at zero. */
  public void introduce(ModelName model) {
    loads.labels(model.text(), "ok");
    loads.labels(model.text(), "error");
    closed.labels(model.text());
  }

  /** An attempt to load ended; {@code took} is given when it succeeded. */
  public void loaded(ModelName model, long version, Optional<Duration> took) {
    loads.labels(model.text(), took.isPresent() ? "ok" : "error").inc();
    took.ifPresent(
        time ->
            loadDuration.labels(model.text(), Long.toString(version)).set(time.toNanos() / 1e9));
  }

  /** A version went from one state to another; {@code from} is empty at first. */
  public void state(ModelName model, long version, Optional<String> from, String to) {
    String number = Long.toString(version);
    from.ifPresent(left -> state.labels(model.text(), number, left).set(0));
    state.labels(model.text(), number, to).set(1);
  }

  /** Drops every series of a version that is long gone. */
  public void forget(ModelName model, long version) {
    String name = model.text();
    String number = Long.toString(version);
    for (Collector.MetricFamilySamples family : requests.collect()) {
      for (Collector.MetricFamilySamples.Sample sample : family.samples) {
        List<String> labels = sample.labelValues;
        if (labels.get(0).equals(name) && labels.get(1).equals(number)) {
          requests.remove(name, number, labels.get(2), labels.get(3));
        }
      }
    }
    durations.remove(name, number);
    lastRequests.remove(name, number);
    loadDuration.remove(name, number);
    for (String left : List.of("LOADING", "AVAILABLE", "UNLOADING", "END")) {
      state.remove(name, number, left);
    }
  }

  /** A configuration file that changed took effect, or could not. */
  public void configured(boolean ok) {
    configurations.labels(ok ? "ok" : "error").inc();
  }

  public void closed(ModelName model) {
    closed.labels(model.text()).inc();
  }

  /** Adds collectors of others, such as those of the process. */
  public void register(Collector collector) {
    collector.register(registry);
  }

  /** All metrics in the format that the scraper's Accept header asks for. */
  public Exposed expose(Optional<String> accept) {
    String type = TextFormat.chooseContentType(accept.orElse(null));
    StringWriter text = new StringWriter();
    try {
      TextFormat.writeFormat(type, text, registry.metricFamilySamples());
    } catch (IOException e) {
      throw new UncheckedIOException(e); // a StringWriter has nothing to fail with
    }
    return new Exposed(type, text.toString());
  }

  /** Metrics as text, with the content type that says which text. */
  public record Exposed(String contentType, String text) {}
}
