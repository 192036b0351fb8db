package io.mlserve.bench;

/**
 * How many requests a statement about a percentile needs. "The p99 is at most x" may be said with
 * this confidence when so few of n requests were slower than x that a true p99 above x would have
 * given so few only with probability {@code 1 - level}. This is the rule by which MLPerf's load
 * generator may stop early.
 *
 * <p>It takes requests as independent. Those of one run never are entirely, so more is better.
 *
 * @param level probability of being right, between 0 and 1
 */
public record Confidence(double level) {
  /** What reports use: 99 %. */
  public static final Confidence STANDARD = new Confidence(0.99);

  private static final long MOST = 1L << 50;

  public Confidence {
    if (!(level > 0 && level < 1)) {
      throw new IllegalArgumentException("confidence " + level + " (expected: between 0 and 1)");
    }
  }

  /**
   * The fewest requests after which {@code over} slower ones still support the statement.
   *
   * @param quantile the percentile as a fraction, 0.99 for p99
   */
  public long requestsNeeded(double quantile, long over) {
    check(quantile);
    long enough = Math.max(1, over + 1);
    while (chanceOfAtMost(over, enough, quantile) > 1 - level) {
      if (enough >= MOST) {
        throw new IllegalArgumentException("quantile " + quantile + " is too close to 1");
      }
      enough *= 2;
    }
    long tooFew = over;
    while (enough - tooFew > 1) {
      long middle = tooFew + (enough - tooFew) / 2;
      if (chanceOfAtMost(over, middle, quantile) > 1 - level) {
        tooFew = middle;
      } else {
        enough = middle;
      }
    }
    return enough;
  }

  /**
   * How many of {@code requests} may be slower than a bound that is still to be stated about the
   * percentile; -1 if there are too few requests to state any.
   */
  public long mostOver(double quantile, long requests) {
    check(quantile);
    double chance = 0;
    double logTerm = requests * Math.log(quantile);
    long over = -1;
    while (over < requests) {
      chance += Math.exp(logTerm);
      if (chance > 1 - level) {
        return over;
      }
      over++;
      logTerm = nextTerm(logTerm, over, requests, quantile);
    }
    return over;
  }

  // Sum of the first terms of the binomial distribution, in logarithms: the terms underflow.
  private static double chanceOfAtMost(long over, long requests, double quantile) {
    double logTerm = requests * Math.log(quantile);
    double chance = Math.exp(logTerm);
    for (long k = 0; k < over; k++) {
      logTerm = nextTerm(logTerm, k, requests, quantile);
      chance += Math.exp(logTerm);
    }
    return chance;
  }

  // The logarithm of the term k + 1 from that of the term k.
  private static double nextTerm(double logTerm, long k, long requests, double quantile) {
    return logTerm
        + Math.log((double) (requests - k) / (k + 1))
        + Math.log1p(-quantile)
        - Math.log(quantile);
  }

  private static void check(double quantile) {
    if (!(quantile > 0 && quantile < 1)) {
      throw new IllegalArgumentException(
          "quantile " + quantile + " (expected: between 0 and 1, both excluded)");
    }
  }
}
