package io.mlserve.metrics;

import io.mlserve.metrics.LifeMetrics.Loaded;
import java.io.IOException;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** Shows to Prometheus where versions are in their lives. */
record LifeSamples(List<Row> rows, SampleWriter out) {
  private static final List<String> STATES = List.of("LOADING", "AVAILABLE", "UNLOADING", "END");
  private static final List<Snippet> STATE_LABELS =
      STATES.stream().map(state -> new Snippet("," + Snippet.label("state", state))).toList();

  /** A version and its labels as they are written. */
  record Row(Snippet labels, VersionLife life) {}

  void write() throws IOException {
    states();
    loaded(
        "mlserve_model_load_duration_seconds",
        "How long the latest load of a version took, warm-up included.",
        life -> life.loaded().map(Loaded::took).orElseThrow().toNanos() / 1e9);
    loaded(
        "mlserve_model_load_timestamp_seconds",
        "When a version was last loaded.",
        life -> life.loadedMillis() / 1e3);
    loaded(
        "mlserve_model_memory_bytes",
        "Size of a loaded version's file, about the least memory that it takes; 0 once freed.",
        life -> (double) life.memory());
    info();
  }

  private void states() throws IOException {
    out.family(
        "mlserve_model_state",
        MetricType.GAUGE,
        "1 for the state that a version is in, 0 for those it left.");
    Snippet state = new Snippet("mlserve_model_state{");
    for (Row row : rows) {
      for (int at = 0; at < STATE_LABELS.size() && !row.life().state().isEmpty(); at++) {
        boolean here = row.life().state().equals(STATES.get(at));
        out.sample(state, row.labels(), STATE_LABELS.get(at), here ? 1 : 0);
      }
    }
    out.family("mlserve_model_loaded", MetricType.GAUGE, "Whether a version can answer: 1 or 0.");
    Snippet loaded = new Snippet("mlserve_model_loaded{");
    for (Row row : rows) {
      if (!row.life().state().isEmpty()) {
        out.sample(loaded, row.labels(), row.life().state().equals("AVAILABLE") ? 1 : 0);
      }
    }
  }

  private void loaded(String name, String help, ToDoubleFunction<VersionLife> value)
      throws IOException {
    out.family(name, MetricType.GAUGE, help);
    Snippet begin = new Snippet(name + "{");
    for (Row row : rows) {
      if (row.life().loaded().isPresent()) {
        out.sample(begin, row.labels(), value.applyAsDouble(row.life()));
      }
    }
  }

  private void info() throws IOException {
    out.family(
        "mlserve_model_info",
        MetricType.GAUGE,
        "What a loaded version is; the digest is empty where it is not known.");
    Snippet begin = new Snippet("mlserve_model_info{");
    for (Row row : rows) {
      if (row.life().loaded().isPresent()) {
        String digest = Snippet.label("digest", row.life().loaded().get().digest());
        out.sample(begin, row.labels(), new Snippet("," + digest + ",provider=\"cpu\""), 1);
      }
    }
  }
}
