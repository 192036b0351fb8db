package io.mlserve.bench.verdict;

/** The answer to a question about a run, in the order from best to worst. */
public enum Verdict {
  /** It holds, with the confidence that was asked for. */
  PASS("PASS"),
  /** It may hold, but too few requests were measured to say so. */
  NOT_ENOUGH("NOT ENOUGH REQUESTS"),
  /** It does not hold. */
  FAIL("FAIL");

  private final String words;

  Verdict(String words) {
    this.words = words;
  }

  /** For people. */
  public String words() {
    return words;
  }

  /** The worse of the two: one failure fails the whole. */
  public Verdict and(Verdict other) {
    return compareTo(other) >= 0 ? this : other;
  }
}
