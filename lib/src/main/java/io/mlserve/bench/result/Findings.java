package io.mlserve.bench.result;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What was concluded from a run.
 *
 * @param labels that the user gave the run
 * @param points one for each point of the run, in the same order
 * @param max what the search for the highest rate found; empty if there was none
 * @param baseline how the run compares with an earlier one; empty if it was not compared
 * @param reasons why the outcome is not a pass: one line each
 * @param exitStatus of the command
 */
public record Findings(
    Map<String, String> labels,
    List<PointFindings> points,
    Optional<MaxFindings> max,
    Optional<BaselineFindings> baseline,
    Outcome outcome,
    List<String> reasons,
    int exitStatus) {
  public Findings {
    labels = Collections.unmodifiableMap(new TreeMap<>(labels));
    points = List.copyOf(points);
    reasons = List.copyOf(reasons);
  }
}
