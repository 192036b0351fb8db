package io.mlserve.metrics;

import io.mlserve.model.ModelName;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;
import io.prometheus.client.Gauge;
import io.prometheus.client.Summary;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What becomes of models, versions and configurations: loads, states, memory. None of it happens
 * during a request. Thread-safe.
 */
public final class LifeMetrics {
  private static final List<String> STATES = List.of("LOADING", "AVAILABLE", "UNLOADING", "END");
  private static final String AVAILABLE = "AVAILABLE";
  private static final String END = "END";
  private static final String[] VERSION = {"model", "version"};

  private final Clock clock;
  private final Map<VersionKey, Long> ended = new ConcurrentHashMap<>(); // when, in milliseconds

  private final Counter loads;
  private final Counter reloads;
  private final Summary stages;
  private final Gauge loadDuration;
  private final Gauge loadTime;
  private final Gauge state;
  private final Gauge loaded;
  private final Gauge memory;
  private final Gauge info;
  private final Counter closed;
  private final Counter configurations;
  private final Gauge configured;

  /** The stages through which a version comes and goes. */
  public enum Stage {
    /** Reading and optimising the model. */
    OPEN,
    WARMUP,
    /** Giving it the requests. */
    SWAP,
    /** From its last request being let in to that one's end. */
    DRAIN,
    /** Freeing its memory. */
    CLOSE;

    private final String label = name().toLowerCase(java.util.Locale.ROOT);
  }

  LifeMetrics(CollectorRegistry registry, Clock clock) {
    this.clock = clock;
    this.loads =
        Counter.build("mlserve_model_loads_total", "Attempts to load a version, by result.")
            .labelNames("model", "result")
            .register(registry);
    this.reloads =
        Counter.build(
                "mlserve_model_reloads_total",
                "Attempts to load a version while another was in service, by result.")
            .labelNames("model", "result")
            .register(registry);
    this.stages =
        Summary.build(
                "mlserve_model_reload_duration_seconds",
                "How long the stages took through which versions come and go.")
            .labelNames("model", "stage")
            .register(registry);
    this.loadDuration =
        gauge(
            registry,
            "mlserve_model_load_duration_seconds",
            "How long the latest load of a version took, warm-up included.",
            VERSION);
    this.loadTime =
        gauge(
            registry,
            "mlserve_model_load_timestamp_seconds",
            "When a version was last loaded.",
            VERSION);
    this.state =
        gauge(
            registry,
            "mlserve_model_state",
            "1 for the state that a version is in, 0 for those it left.",
            "model",
            "version",
            "state");
    this.loaded =
        gauge(registry, "mlserve_model_loaded", "Whether a version can answer: 1 or 0.", VERSION);
    this.memory =
        gauge(
            registry,
            "mlserve_model_memory_bytes",
            "Size of a loaded version's file, about the least memory that it takes; 0 once freed.",
            VERSION);
    this.info =
        gauge(
            registry,
            "mlserve_model_info",
            "What a loaded version is; the digest is empty where it is not known.",
            "model",
            "version",
            "digest",
            "provider");
    this.closed =
        Counter.build(
                "mlserve_model_versions_closed_total",
                "Versions whose memory was freed after their last request.")
            .labelNames("model")
            .register(registry);
    this.configurations =
        Counter.build(
                "mlserve_config_reloads_total", "Changed configuration files read, by result.")
            .labelNames("result")
            .register(registry);
    this.configured =
        Gauge.build(
                "mlserve_config_last_reload_success_timestamp_seconds",
                "When a configuration file last took effect; 0 if there is none.")
            .register(registry);
    configurations.labels("ok");
    configurations.labels("error");
  }

  private static Gauge gauge(
      CollectorRegistry registry, String name, String help, String... labels) {
    return Gauge.build(name, help).labelNames(labels).register(registry);
  }

  /** A model is known: its counters exist from now on, at zero. */
  void introduce(ModelName model) {
    for (String result : List.of("ok", "error")) {
      loads.labels(model.text(), result);
      reloads.labels(model.text(), result);
    }
    for (Stage stage : Stage.values()) {
      stages.labels(model.text(), stage.label);
    }
    closed.labels(model.text());
  }

  /** What is known of a version that was loaded. */
  public record Loaded(Duration took, long fileBytes, String digest) {}

  /**
   * A version was loaded.
   *
   * @param again whether another was in service
   */
  public void loaded(ModelName model, long version, boolean again, Loaded what) {
    String number = Long.toString(version);
    attempted(model, again, "ok");
    loadDuration.labels(model.text(), number).set(what.took().toNanos() / 1e9);
    loadTime.labels(model.text(), number).set(clock.millis() / 1e3);
    memory.labels(model.text(), number).set((double) what.fileBytes());
    forgetInfo(model.text(), number);
    info.labels(model.text(), number, what.digest(), "cpu").set(1);
  }

  /** A version could not be loaded. */
  public void loadFailed(ModelName model, boolean again) {
    attempted(model, again, "error");
  }

  private void attempted(ModelName model, boolean again, String result) {
    loads.labels(model.text(), result).inc();
    if (again) {
      reloads.labels(model.text(), result).inc();
    }
  }

  /** A stage in the life of a version took so long. */
  public void stage(ModelName model, Stage stage, Duration took) {
    stages.labels(model.text(), stage.label).observe(took.toNanos() / 1e9);
  }

  /** A version entered a state, one of {@code LOADING, AVAILABLE, UNLOADING, END}. */
  public void state(ModelName model, long version, String entered) {
    String name = model.text();
    String number = Long.toString(version);
    for (String each : STATES) {
      state.labels(name, number, each).set(each.equals(entered) ? 1 : 0);
    }
    loaded.labels(name, number).set(entered.equals(AVAILABLE) ? 1 : 0);
    VersionKey key = new VersionKey(name, version);
    if (entered.equals(END)) {
      ended.put(key, clock.millis());
    } else {
      ended.remove(key);
    }
  }

  /** The memory of a version was freed, because another or nothing took its place. */
  public void closed(ModelName model, long version, boolean replaced) {
    closed.labels(model.text()).inc();
    if (!replaced) {
      memory.labels(model.text(), Long.toString(version)).set(0);
    }
  }

  /** A configuration file that changed took effect, or could not. */
  public void configured(boolean ok) {
    configurations.labels(ok ? "ok" : "error").inc();
    if (ok) {
      configured.set(clock.millis() / 1e3);
    }
  }

  /** The versions that ended before {@code millis}. */
  List<VersionKey> endedBefore(long millis) {
    return ended.entrySet().stream()
        .filter(each -> each.getValue() < millis)
        .map(Map.Entry::getKey)
        .toList();
  }

  /** Drops every series of a version. */
  void forget(VersionKey key) {
    String number = Long.toString(key.version());
    for (Gauge gauge : List.of(loadDuration, loadTime, loaded, memory)) {
      gauge.remove(key.model(), number);
    }
    for (String each : STATES) {
      state.remove(key.model(), number, each);
    }
    forgetInfo(key.model(), number);
    ended.remove(key);
  }

  private void forgetInfo(String model, String version) {
    for (var family : info.collect()) {
      for (var sample : family.samples) {
        List<String> labels = sample.labelValues;
        if (labels.get(0).equals(model) && labels.get(1).equals(version)) {
          info.remove(labels.toArray(new String[0]));
        }
      }
    }
  }
}
