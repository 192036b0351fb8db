package io.mlserve.metrics;

import io.mlserve.model.ModelName;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;
import io.prometheus.client.Gauge;
import io.prometheus.client.Summary;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.UnaryOperator;

/**
 * What becomes of models, versions and configurations: loads, states, memory. None of it happens
 * during a request. Thread-safe.
 */
public final class LifeMetrics {
  private static final String END = "END";

  private final Clock clock;
  private final Map<VersionKey, VersionLife> lives = new ConcurrentSkipListMap<>();

  private final Counter loads;
  private final Counter reloads;
  private final Summary stages;
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
    attempted(model, again, "ok");
    change(model, version, life -> life.loaded(what, clock.millis()));
  }

  private void change(ModelName model, long version, UnaryOperator<VersionLife> next) {
    lives.compute(
        new VersionKey(model.text(), version),
        (key, life) -> next.apply(life == null ? VersionLife.NEW : life));
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
    change(model, version, life -> life.entered(entered, clock.millis()));
  }

  /** The memory of a version was freed, because another or nothing took its place. */
  public void closed(ModelName model, long version, boolean replaced) {
    closed.labels(model.text()).inc();
    if (!replaced) {
      change(model, version, VersionLife::closed);
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
    return lives.entrySet().stream()
        .filter(each -> each.getValue().state().equals(END))
        .filter(each -> each.getValue().enteredMillis() < millis)
        .map(Map.Entry::getKey)
        .toList();
  }

  /** Drops every series of a version. */
  void forget(VersionKey key) {
    lives.remove(key);
  }

  /** Writes what is known of each version. */
  void write(ExtraLabels extra, SampleWriter out) throws IOException {
    List<LifeSamples.Row> rows = new ArrayList<>(lives.size());
    lives.forEach((key, life) -> rows.add(new LifeSamples.Row(extra.before(key), life)));
    new LifeSamples(rows, out).write();
  }
}
