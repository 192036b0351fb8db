package io.mlserve.bench.result;

import io.mlserve.bench.verdict.Comparison;
import io.mlserve.bench.verdict.RegressionLimit;
import io.mlserve.bench.verdict.Verdict;
import java.util.List;
import org.HdrHistogram.AbstractHistogram;

/**
 * How a run compares with an earlier one.
 *
 * @param name of the file that holds the earlier one
 * @param latency of the earlier one, in nanoseconds; not to be changed
 * @param notes what stands in the way of comparing them, such as another machine
 */
public record BaselineFindings(
    String name,
    AbstractHistogram latency,
    Comparison comparison,
    List<Limit> limits,
    List<String> notes) {
  /** What became of one limit. */
  public record Limit(RegressionLimit limit, Verdict verdict) {}

  public BaselineFindings {
    limits = List.copyOf(limits);
    notes = List.copyOf(notes);
  }
}
