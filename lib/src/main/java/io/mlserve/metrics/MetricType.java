package io.mlserve.metrics;

/** What a metric is, in Prometheus' words. */
enum MetricType {
  COUNTER("counter"),
  GAUGE("gauge"),
  HISTOGRAM("histogram");

  private final String label;

  MetricType(String label) {
    this.label = label;
  }

  String label() {
    return label;
  }
}
