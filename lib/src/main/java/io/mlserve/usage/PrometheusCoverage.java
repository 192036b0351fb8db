package io.mlserve.usage;

import io.mlserve.metrics.PrometheusClient;
import io.mlserve.metrics.Sample;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** How much a Prometheus server has seen of the servers that it is to scrape. */
final class PrometheusCoverage {
  private final PrometheusClient prometheus;
  private final PrometheusQueries queries;

  PrometheusCoverage(PrometheusClient prometheus, PrometheusQueries queries) {
    this.prometheus = prometheus;
    this.queries = queries;
  }

  private record Target(String job, String instance) {
    static Target of(Sample sample) {
      return new Target(sample.label("job"), sample.label("instance"));
    }
  }

  /**
   * The share of the window that is known of every server, while that was one of the targets.
   *
   * @param doubts to which is added what no share can say
   */
  double of(Window window, List<String> doubts) {
    Map<Target, Double> expected = ask(queries.expected(window.length()), window);
    if (expected.isEmpty()) {
      doubts.add("Prometheus has no target with " + queries.matchers());
      return 0;
    }
    ask(queries.down(), window)
        .keySet()
        .forEach(target -> doubts.add(target.instance() + " does not answer Prometheus now"));
    double slots = Math.floor(window.seconds() / PrometheusQueries.SLOT.toSeconds());
    double coverage =
        ask(queries.awake(window.length()), window).values().stream()
            .mapToDouble(awake -> awake / Math.max(1, slots))
            .max()
            .orElse(0);
    Map<Target, Double> scraped = ask(queries.scraped(window.length()), window);
    Map<Target, Double> scrapes = ask(queries.scrapes(window.length()), window);
    Map<Target, Double> restarts = ask(queries.restarts(window.length()), window);
    for (Map.Entry<Target, Double> target : expected.entrySet()) {
      double known = scraped.getOrDefault(target.getKey(), 0.0);
      double interval =
          known
              * PrometheusQueries.SLOT.toSeconds()
              / Math.max(1, scrapes.getOrDefault(target.getKey(), 0.0));
      // what came between the last scrape and a restart was never seen
      double lost =
          restarts.getOrDefault(target.getKey(), 0.0)
              * interval
              / PrometheusQueries.SLOT.toSeconds();
      coverage = Math.min(coverage, Math.max(0, known - lost) / target.getValue());
    }
    return Math.min(1, coverage);
  }

  private Map<Target, Double> ask(String query, Window window) {
    Map<Target, Double> answers = new HashMap<>();
    for (Sample sample : prometheus.query(query, window.end())) {
      answers.put(Target.of(sample), sample.value());
    }
    return answers;
  }
}
