package io.mlserve.bench;

import io.mlserve.error.MlserveException;
import io.mlserve.metrics.Exposition;
import io.mlserve.metrics.MetricFamily;
import io.mlserve.metrics.Sample;
import io.mlserve.metrics.Scrape;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Reads what a server counts about a model, before and after a load. Knows the metrics of mlserve,
 * Triton and TensorFlow Serving by their names; of any other the differences are all that is said.
 */
final class ServerProbe {
  private static final Scrape SCRAPE = new Scrape(Duration.ofSeconds(5), 64 << 20);

  private final URI uri;
  private final String model;
  private Map<String, Sample> before = Map.of();
  private @Nullable String problem;
  private long readAt;

  ServerProbe(URI uri, String model) {
    this.uri = uri;
    this.model = model;
  }

  /** To be called before the first request. */
  void begin() {
    try {
      before = read();
      readAt = System.nanoTime();
    } catch (MlserveException e) {
      problem = e.getMessage();
    }
  }

  /**
   * To be called after the last answer.
   *
   * @param sent what the load generator sent
   */
  ServerView end(long sent) {
    if (problem != null) {
      return failed(sent, problem);
    }
    try {
      return difference(read(), sent);
    } catch (MlserveException e) {
      return failed(sent, String.valueOf(e.getMessage()));
    }
  }

  private Map<String, Sample> read() {
    Map<String, Sample> samples = new HashMap<>();
    for (MetricFamily family : Exposition.parse(SCRAPE.fetch(uri)).families()) {
      if (!family.type().equals("gauge")) {
        family.samples().stream()
            .filter(sample -> sample.labels().getOrDefault("model", model).equals(model))
            .filter(sample -> sample.labels().getOrDefault("model_name", model).equals(model))
            .forEach(sample -> samples.put(key(sample), sample));
      }
    }
    return samples;
  }

  private ServerView difference(Map<String, Sample> after, long sent) {
    Map<String, Double> changed = new TreeMap<>();
    Map<String, Double> byName = new HashMap<>();
    after.forEach(
        (key, sample) -> {
          Sample earlier = before.get(key);
          double difference = sample.value() - (earlier == null ? 0 : earlier.value());
          if (difference != 0 && Double.isFinite(difference)) {
            changed.put(key, difference);
            byName.merge(sample.name(), difference, Double::sum);
          }
        });
    return new ServerView(
        uri.toString(),
        requests(byName),
        sent,
        mean(byName, name -> name.contains("queue")),
        mean(
            byName,
            name ->
                name.contains("compute")
                    || name.contains("inference_duration")
                    || name.contains("run_duration")),
        batch(byName),
        cpu(byName),
        changed,
        Optional.empty());
  }

  private static OptionalLong requests(Map<String, Double> byName) {
    for (String name :
        new String[] {
          "mlserve_requests_total",
          "nv_inference_request_success",
          ":tensorflow:serving:request_count"
        }) {
      if (byName.containsKey(name)) {
        double failed = byName.getOrDefault("nv_inference_request_failure", 0.0);
        return OptionalLong.of(
            Math.round(byName.getOrDefault(name, 0.0) + (name.startsWith("nv") ? failed : 0)));
      }
    }
    return OptionalLong.empty();
  }

  // Of a histogram or summary in seconds; or Triton's counters in microseconds, by its requests.
  private static Optional<Duration> mean(Map<String, Double> byName, Predicate<String> which) {
    double seconds = 0;
    boolean found = false;
    for (Map.Entry<String, Double> entry : byName.entrySet()) {
      String name = entry.getKey();
      if (!which.test(name)) {
        continue;
      }
      Double count = null;
      double unit = 1;
      if (name.endsWith("_seconds_sum")) {
        count = byName.get(name.substring(0, name.length() - 3) + "count");
      } else if (name.endsWith("_us")) {
        count = byName.get("nv_inference_request_success");
        unit = 1e-6;
      }
      if (count != null && count > 0) {
        seconds += entry.getValue() * unit / count;
        found = true;
      }
    }
    return found ? Optional.of(Duration.ofNanos((long) (seconds * 1e9))) : Optional.empty();
  }

  private static OptionalDouble batch(Map<String, Double> byName) {
    Double rows = byName.get("nv_inference_count");
    Double runs = byName.get("nv_inference_exec_count");
    if (rows != null && runs != null) {
      return OptionalDouble.of(rows / runs);
    }
    for (Map.Entry<String, Double> entry : byName.entrySet()) {
      String name = entry.getKey();
      if (name.contains("batch_size") && name.endsWith("_sum")) {
        Double count = byName.get(name.substring(0, name.length() - 3) + "count");
        if (count != null && count > 0) {
          return OptionalDouble.of(entry.getValue() / count);
        }
      }
    }
    return OptionalDouble.empty();
  }

  private OptionalDouble cpu(Map<String, Double> byName) {
    Double seconds = byName.get("process_cpu_seconds_total");
    double wall = (System.nanoTime() - readAt) / 1e9;
    return seconds == null ? OptionalDouble.empty() : OptionalDouble.of(seconds / wall);
  }

  private ServerView failed(long sent, String why) {
    return new ServerView(
        uri.toString(),
        OptionalLong.empty(),
        sent,
        Optional.empty(),
        Optional.empty(),
        OptionalDouble.empty(),
        OptionalDouble.empty(),
        Map.of(),
        Optional.of(why));
  }

  private static String key(Sample sample) {
    return sample.name() + new TreeMap<>(sample.labels());
  }
}
