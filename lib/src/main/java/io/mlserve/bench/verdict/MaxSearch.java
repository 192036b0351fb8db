package io.mlserve.bench.verdict;

import java.util.ArrayList;
import java.util.List;

/**
 * Looks for the highest rate at which the objectives hold: doubles until they do not, bisects until
 * the two ends are within {@link #RESOLUTION}, and asks for a fresh run at full length to confirm.
 * A confirmation that fails lowers the rate and is tried again.
 *
 * <p>Decides only: whoever uses it makes the run that {@link #next} asks for and tells its outcome.
 * One thread uses it.
 */
public final class MaxSearch {
  /** How close the answer is, as a fraction of it. */
  public static final double RESOLUTION = 0.05;

  private static final int MOST_CONFIRMATIONS = 4;
  private static final double SLOWEST = 0.1;

  private final double start;
  private final double most;
  private final List<Tried> tried = new ArrayList<>();
  private double passed;
  private double failed = Double.POSITIVE_INFINITY;
  private int confirmations;
  private boolean confirmed;

  /** What to do next. */
  public sealed interface Step {
    /** A run at that rate, shorter than a full one if need be. */
    record Probe(double rate) implements Step {}

    /** A fresh run at full length. */
    record Confirm(double rate) implements Step {}

    /**
     * The search is over.
     *
     * @param rate the confirmed rate
     * @param bounded whether a higher rate was seen to fail; if not, it is what was allowed
     */
    record Found(double rate, boolean bounded) implements Step {}

    /** No rate was confirmed. */
    record NotFound(String why) implements Step {}
  }

  /** One run of the search and whether the objectives held. */
  public record Tried(double rate, boolean confirmation, boolean held) {}

  /**
   * @param start the first rate to try, requests a second
   * @param most the highest rate to try
   */
  public MaxSearch(double start, double most) {
    if (!(start > 0 && most >= start)) {
      throw new IllegalArgumentException(
          "rates %s, %s (expected: ascending)".formatted(start, most));
    }
    this.start = start;
    this.most = most;
  }

  /** The same answer until the next call of {@link #observe}. */
  public Step next() {
    if (confirmed) {
      return new Step.Found(passed, failed < Double.POSITIVE_INFINITY);
    }
    if (confirmations >= MOST_CONFIRMATIONS) {
      return new Step.NotFound("no rate held in a second, full run; the server is not steady");
    }
    if (passed == 0) {
      double rate = failed == Double.POSITIVE_INFINITY ? start : failed / 2;
      return rate < Math.min(SLOWEST, start)
          ? new Step.NotFound("the objectives do not hold at %s/s either".formatted(failed))
          : new Step.Probe(rounded(rate));
    }
    if (confirmations == 0 && !isNarrow()) {
      double up = Math.min(passed * 2, most);
      return new Step.Probe(
          failed == Double.POSITIVE_INFINITY ? up : rounded((passed + failed) / 2));
    }
    return new Step.Confirm(passed);
  }

  private boolean isNarrow() {
    return failed == Double.POSITIVE_INFINITY
        ? passed >= most
        : failed - passed <= RESOLUTION * passed;
  }

  /** Tells whether the objectives held in the run that {@link #next} asked for. */
  public void observe(boolean held) {
    Step step = next();
    if (step instanceof Step.Probe probe) {
      tried.add(new Tried(probe.rate(), false, held));
      if (held) {
        passed = probe.rate();
      } else {
        failed = probe.rate();
      }
    } else if (step instanceof Step.Confirm confirm) {
      tried.add(new Tried(confirm.rate(), true, held));
      confirmations++;
      confirmed = held;
      if (!held) {
        failed = confirm.rate();
        passed = rounded(confirm.rate() * (1 - RESOLUTION));
      }
    } else {
      throw new IllegalStateException("the search is over");
    }
  }

  /** All runs so far, in order. */
  public List<Tried> tried() {
    return List.copyOf(tried);
  }

  // Three digits: a rate of 487.5/s says more than is known.
  private static double rounded(double rate) {
    double unit = Math.pow(10, Math.floor(Math.log10(rate)) - 2);
    double digits = Math.round(rate / unit);
    return unit >= 1 ? digits * unit : digits / Math.round(1 / unit);
  }
}
