package io.mlserve.usage;

import java.time.Duration;
import java.util.List;

/**
 * The questions in PromQL that tell how versions are used. Rates are taken before sums, so that
 * each server's restarts are seen for what they are.
 *
 * @param matchers which servers, as matchers of labels: {@code job="mlserve"}
 * @param step how far apart the hours begin among which the busiest is looked for
 */
public record PrometheusQueries(String matchers, Duration step) {
  /** How far apart the looks are that coverage counts. */
  static final Duration SLOT = Duration.ofMinutes(5);

  private static final Duration HOUR = Duration.ofHours(1);
  private static final String BY = " by (model, version) ";

  /** The highest hourly average: each of them gives some, the highest counts. */
  List<String> peaks(Duration window) {
    if (window.compareTo(HOUR) <= 0) {
      return List.of("sum" + BY + "(rate(" + requests(window) + "))");
    }
    String hourly = "sum" + BY + "(rate(" + requests(HOUR) + "))";
    String subquery = "[" + text(window.minus(HOUR)) + ":" + text(step) + "]";
    return List.of(hourly, "max_over_time(" + hourly + subquery + ")");
  }

  /** Requests by how they named the version. */
  String addressed(Duration window) {
    return "sum by (model, version, selector) (increase(" + requests(window) + "))";
  }

  /**
   * Numbers of requests that there must have been at least, where {@code increase} sees fewer: it
   * cannot see the first value of a series. The series of an outcome is born with its first
   * request; what a process that started in the window counts, it counted in the window.
   */
  List<String> leastRequests(Duration window) {
    String before = " offset " + text(window);
    String knownBefore = "count_over_time(" + series("up", "[1h]" + before) + ")";
    String startedWithin =
        "(max_over_time("
            + series("process_start_time_seconds", range(window))
            + ") > time() - "
            + window.toSeconds()
            + ")";
    String born =
        "max_over_time("
            + requests(window)
            + ") unless count_over_time("
            + requests(HOUR)
            + before
            + ")";
    String live = requests() + " and on (job, instance) " + startedWithin;
    return List.of(
        "sum"
            + BY
            + "(("
            + born
            + ") and on (job, instance) ("
            + knownBefore
            + " or "
            + startedWithin
            + "))",
        "sum" + BY + "(" + live + ")");
  }

  String lastRequest(Duration window) {
    return "max"
        + BY
        + "(max_over_time("
        + series("mlserve_model_last_request_timestamp_seconds", range(window))
        + "))";
  }

  /** 1 for versions that a server holds, 0 for those that all have let go. */
  String loaded() {
    return "max" + BY + "(" + series("mlserve_model_loaded", "") + ")";
  }

  String inFlight() {
    return "sum" + BY + "(" + series("mlserve_inflight_requests", "") + ")";
  }

  /** In how many slots there was any target. */
  String awake(Duration window) {
    return "count_over_time(count(" + answered(SLOT) + ")" + slots(window) + ")";
  }

  /** In how many slots each target was known. */
  String expected(Duration window) {
    return "count_over_time(max by (job, instance) (" + answered(SLOT) + ")" + slots(window) + ")";
  }

  /** In how many slots each target answered at least once. */
  String scraped(Duration window) {
    return "count_over_time((max by (job, instance) ("
        + answered(SLOT)
        + ") == 1)"
        + slots(window)
        + ")";
  }

  /** How often each target answered. */
  String scrapes(Duration window) {
    return "sum by (job, instance) (sum_over_time(" + series("up", range(window)) + "))";
  }

  /** How often each target was restarted. */
  String restarts(Duration window) {
    return "max by (job, instance) (changes("
        + series("process_start_time_seconds", range(window))
        + "))";
  }

  /** The targets that do not answer now. */
  String down() {
    return series("up", "") + " == 0";
  }

  private String answered(Duration slot) {
    return "max_over_time(" + series("up", range(slot)) + ")";
  }

  private static String slots(Duration window) {
    return "[" + text(window) + ":" + text(SLOT) + "]";
  }

  private String requests(Duration range) {
    return requests() + range(range);
  }

  private String requests() {
    return "mlserve_requests_total{version!=\"\""
        + (matchers.isEmpty() ? "" : "," + matchers)
        + "}";
  }

  private String series(String name, String range) {
    return name + (matchers.isEmpty() ? "" : "{" + matchers + "}") + range;
  }

  private static String range(Duration length) {
    return "[" + text(length) + "]";
  }

  // Prometheus knows no fractions
  private static String text(Duration length) {
    return length.toMillis() % 1000 == 0 ? length.toSeconds() + "s" : length.toMillis() + "ms";
  }
}
