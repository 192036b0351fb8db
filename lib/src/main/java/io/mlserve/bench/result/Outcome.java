package io.mlserve.bench.result;

import java.util.Locale;

/** The sum of a run, as its last line and its exit status say it. */
public enum Outcome {
  /** Every request got its right answer, and all that was asked of the figures holds. */
  PASS,
  /** A request failed, an answer was wrong, an objective or the baseline was missed. */
  FAIL,
  /** Nothing failed, but the figures do not allow to say that all is well. */
  UNSTABLE,
  /** It was ended early. */
  INTERRUPTED;

  /** As files and scripts see it. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
