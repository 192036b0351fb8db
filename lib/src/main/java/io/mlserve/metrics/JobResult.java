package io.mlserve.metrics;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How a run of a job ended, as gauges: a job that ends has nothing that counts on.
 *
 * @param job such as {@code pull}; names begin with {@code mlserve_JOB_}
 * @param ended when
 * @param bytes that were fetched; empty if that is not known
 * @param labels of each series
 */
public record JobResult(
    String job,
    Instant ended,
    Duration took,
    boolean succeeded,
    OptionalLong bytes,
    Map<String, String> labels) {
  private static final String LAST_SUCCESS = "last_success_timestamp_seconds";

  public JobResult {
    labels = Map.copyOf(labels);
  }

  /**
   * As metrics. The time of the last success is left out by a run that failed, where it stays what
   * an earlier run made it.
   *
   * @param earlier what an earlier run wrote to the same place, if the place forgets what is left
   *     out
   */
  public Exposition metrics(Optional<Exposition> earlier) {
    List<MetricFamily> gauges = new ArrayList<>();
    gauge(gauges, "last_run_timestamp_seconds", "When the last run ended.", seconds(ended));
    Optional<Double> success =
        succeeded ? Optional.of(seconds(ended)) : earlier.flatMap(this::lastSuccess);
    success.ifPresent(
        at -> gauge(gauges, LAST_SUCCESS, "When the last run ended that succeeded.", at));
    gauge(gauges, "success", "Whether the last run succeeded: 1 or 0.", succeeded ? 1 : 0);
    gauge(gauges, "duration_seconds", "How long the last run took.", took.toNanos() / 1e9);
    if (bytes.isPresent()) {
      gauge(gauges, "fetched_bytes", "What the last run fetched.", (double) bytes.getAsLong());
    }
    return new Exposition(gauges);
  }

  private Optional<Double> lastSuccess(Exposition earlier) {
    return earlier
        .samples(name(LAST_SUCCESS))
        .filter(sample -> sample.labels().equals(labels))
        .map(Sample::value)
        .findFirst();
  }

  private void gauge(List<MetricFamily> gauges, String name, String help, double value) {
    Sample sample = new Sample(name(name), labels, value, OptionalLong.empty());
    gauges.add(new MetricFamily(name(name), "gauge", help, List.of(sample)));
  }

  private String name(String what) {
    return "mlserve_" + job + "_" + what;
  }

  private static double seconds(Instant moment) {
    return moment.toEpochMilli() / 1e3;
  }
}
