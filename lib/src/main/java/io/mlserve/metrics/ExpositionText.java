package io.mlserve.metrics;

import io.prometheus.client.Collector;
import io.prometheus.client.Collector.MetricFamilySamples;
import io.prometheus.client.exporter.common.TextFormat;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** Metrics that were read, or made up from results, on their way out again. */
final class ExpositionText extends Collector {
  private final Exposition exposition;

  ExpositionText(Exposition exposition) {
    this.exposition = exposition;
  }

  /** In Prometheus' text format. */
  static String of(Exposition exposition) {
    StringWriter text = new StringWriter();
    try {
      TextFormat.write004(text, Collections.enumeration(new ExpositionText(exposition).collect()));
    } catch (IOException e) {
      throw new UncheckedIOException(e); // a StringWriter has nothing to fail with
    }
    return text.toString();
  }

  @Override
  public List<MetricFamilySamples> collect() {
    List<MetricFamilySamples> families = new ArrayList<>();
    for (MetricFamily family : exposition.families()) {
      List<MetricFamilySamples.Sample> samples = new ArrayList<>();
      for (Sample sample : family.samples()) {
        // without a time: a gateway refuses it
        samples.add(
            new MetricFamilySamples.Sample(
                sample.name(),
                List.copyOf(sample.labels().keySet()),
                List.copyOf(sample.labels().values()),
                sample.value()));
      }
      families.add(
          new MetricFamilySamples(family.name(), type(family.type()), family.help(), samples));
    }
    return families;
  }

  private static Type type(String type) {
    return switch (type.toLowerCase(Locale.ROOT)) {
      case "counter" -> Type.COUNTER;
      case "gauge" -> Type.GAUGE;
      case "histogram" -> Type.HISTOGRAM;
      case "summary" -> Type.SUMMARY;
      default -> Type.UNKNOWN;
    };
  }
}
