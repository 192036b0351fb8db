package io.mlserve.bench.verdict;

import java.util.Locale;

/**
 * What became of one objective.
 *
 * @param value the measured figure, in the unit of the objective's limit
 * @param over requests that broke the limit, where it is about a share of them
 * @param requests how many were measured
 * @param needed how many it takes with so many over; 0 where no number of requests would do, or
 *     where the figure is a fact about this run and needs none
 * @param confidence with which a pass is said, as a fraction; 0 where it is a fact about this run
 */
public record SloVerdict(
    Slo slo,
    Verdict verdict,
    double value,
    long over,
    long requests,
    long needed,
    double confidence) {
  /** What the verdict rests on, for people. */
  public String basis() {
    if (requests == 0) {
      return "nothing was measured";
    }
    if (confidence == 0) {
      return "in this run";
    }
    String counted = "%s over of %s".formatted(grouped(over), grouped(requests));
    return switch (verdict) {
      case PASS ->
          "%s %% confidence: %s, %s needed"
              .formatted(percent(confidence), counted, grouped(needed));
      case NOT_ENOUGH ->
          needed == 0
              ? counted + ", which may be chance"
              : "%s, %s needed for %s %%".formatted(counted, grouped(needed), percent(confidence));
      case FAIL -> counted;
    };
  }

  private static String percent(double fraction) {
    String percent = String.format(Locale.ROOT, "%.2f", fraction * 100);
    return percent.replaceAll("\\.?0+$", "");
  }

  private static String grouped(long number) {
    return String.format(Locale.ROOT, "%,d", number).replace(',', ' ');
  }
}
