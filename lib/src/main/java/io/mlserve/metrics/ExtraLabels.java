package io.mlserve.metrics;

import io.prometheus.client.Collector.MetricFamilySamples;
import io.prometheus.client.Collector.MetricFamilySamples.Sample;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Labels that every series has besides its own, which go before them. */
final class ExtraLabels {
  private final List<String> names;
  private final List<String> values;
  private final String text;

  ExtraLabels(Map<String, String> labels) {
    Map<String, String> sorted = new TreeMap<>(labels);
    this.names = List.copyOf(sorted.keySet());
    this.values = List.copyOf(sorted.values());
    StringBuilder written = new StringBuilder();
    sorted.forEach((name, value) -> written.append(Snippet.label(name, value)).append(','));
    this.text = written.toString();
  }

  /** These, and then those of a version, as they are written. */
  Snippet before(VersionKey version) {
    return before(version.model(), Long.toString(version.version()));
  }

  Snippet before(String model, String version) {
    return new Snippet(
        text + Snippet.label("model", model) + "," + Snippet.label("version", version));
  }

  Enumeration<MetricFamilySamples> on(Enumeration<MetricFamilySamples> families) {
    if (names.isEmpty()) {
      return families;
    }
    List<MetricFamilySamples> all = new ArrayList<>();
    for (MetricFamilySamples family : Collections.list(families)) {
      List<Sample> samples = new ArrayList<>(family.samples.size());
      for (Sample sample : family.samples) {
        samples.add(
            new Sample(
                sample.name,
                both(names, sample.labelNames),
                both(values, sample.labelValues),
                sample.value));
      }
      all.add(new MetricFamilySamples(family.name, family.unit, family.type, family.help, samples));
    }
    return Collections.enumeration(all);
  }

  private static List<String> both(List<String> first, List<String> then) {
    List<String> both = new ArrayList<>(first);
    both.addAll(then);
    return both;
  }
}
