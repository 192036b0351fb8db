package io.mlserve.admin;

import io.mlserve.metrics.VersionCounters;
import io.mlserve.metrics.history.Tally;
import io.mlserve.metrics.history.VersionTraffic;
import io.mlserve.serving.ServedModel;
import io.mlserve.version.VersionChoice;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Whether a version may go: what speaks against it, with the numbers. What is not known speaks
 * against it too.
 *
 * @param window in which nobody may have asked for it
 * @param coverage how much of that is known, from 0 to 1
 * @param used within it, to a slot more
 * @param last when it was last asked for
 * @param labels that stand for it
 * @param remaining other versions that can answer
 */
record RetirementCheck(
    String model,
    long version,
    Duration window,
    double coverage,
    Tally used,
    Optional<Instant> last,
    long inFlight,
    List<String> labels,
    List<Long> remaining) {
  private static final double ENOUGH = 0.95;

  /** What speaks against it. */
  enum Reason {
    USED("used"),
    IN_FLIGHT("in_flight"),
    LABELLED("labelled"),
    ONLY_VERSION("only_version"),
    UNKNOWN("unknown");

    private final String label;

    Reason(String label) {
      this.label = label;
    }

    String label() {
      return label;
    }
  }

  /** What is asked. */
  record Question(String model, long version, Duration window) {}

  /**
   * Looks at {@code served}, which is asked about.
   *
   * @param traffic what is remembered of the version
   * @param coverage how much of the window is known
   */
  static RetirementCheck of(
      Question asked, ServedModel served, VersionTraffic traffic, double coverage, Instant now) {
    long version = asked.version();
    return new RetirementCheck(
        asked.model(),
        version,
        asked.window(),
        coverage,
        traffic.within(asked.window(), now),
        traffic.lastRequest(),
        served
            .counters(new VersionChoice.Specific(version))
            .map(VersionCounters::inFlight)
            .orElse(0L),
        served.labels().entrySet().stream()
            .filter(label -> label.getValue() == version)
            .map(Map.Entry::getKey)
            .sorted()
            .toList(),
        served.loadedVersions().stream().filter(other -> other != version).toList());
  }

  /** {@code SAFE}, {@code IN_USE} or {@code UNKNOWN}. */
  static String verdict(List<Reason> reasons) {
    if (reasons.isEmpty()) {
      return "SAFE";
    }
    return reasons.equals(List.of(Reason.UNKNOWN)) ? "UNKNOWN" : "IN_USE";
  }

  /** Empty if it may go. */
  List<Reason> reasons(Instant now) {
    List<Reason> reasons = new ArrayList<>();
    if (last.isPresent() && !last.get().isBefore(now.minus(window))) {
      reasons.add(Reason.USED);
    }
    if (inFlight > 0) {
      reasons.add(Reason.IN_FLIGHT);
    }
    if (!labels.isEmpty()) {
      reasons.add(Reason.LABELLED);
    }
    if (remaining.isEmpty()) {
      reasons.add(Reason.ONLY_VERSION);
    }
    if (coverage < ENOUGH) {
      reasons.add(Reason.UNKNOWN);
    }
    return reasons;
  }

  /** In words. */
  String explain(List<Reason> reasons) {
    return "version %d of model '%s' cannot be retired: %s".formatted(version, model, why(reasons));
  }

  /** What speaks against it, in words. */
  String why(List<Reason> reasons) {
    List<String> words = new ArrayList<>();
    for (Reason reason : reasons) {
      words.add(
          switch (reason) {
            case USED ->
                "used within %s (%s, last %s)"
                    .formatted(
                        Window.text(window),
                        used.requests() == 1 ? "1 request" : used.requests() + " requests",
                        last.orElseThrow().truncatedTo(ChronoUnit.SECONDS));
            case IN_FLIGHT -> inFlight + " requests are under way";
            case LABELLED -> "labelled " + String.join(", ", labels);
            case ONLY_VERSION -> "no other version can answer";
            case UNKNOWN ->
                "only %.1f %% of the last %s were recorded"
                    .formatted(Math.floor(coverage * 1000) / 10, Window.text(window));
          });
    }
    return String.join("; ", words);
  }
}
