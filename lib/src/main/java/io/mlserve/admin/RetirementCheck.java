package io.mlserve.admin;

import io.mlserve.metrics.history.Tally;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
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
    List<String> words = new ArrayList<>();
    for (Reason reason : reasons) {
      words.add(
          switch (reason) {
            case USED ->
                "used within %s (%d requests, last %s)"
                    .formatted(Window.text(window), used.requests(), last.orElseThrow());
            case IN_FLIGHT -> inFlight + " requests are under way";
            case LABELLED -> "labelled " + String.join(", ", labels);
            case ONLY_VERSION -> "no other version can answer";
            case UNKNOWN ->
                "only %.1f %% of the last %s were recorded"
                    .formatted(Math.floor(coverage * 1000) / 10, Window.text(window));
          });
    }
    return "version %d of model '%s' cannot be retired: %s"
        .formatted(version, model, String.join("; ", words));
  }
}
