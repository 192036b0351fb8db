package io.mlserve.bench.verdict;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import java.util.List;

/**
 * When repeated measurements count as a steady state: in the last of them neither the rate nor the
 * median latency differs by more than a share, largest against smallest.
 *
 * @param windows how many measurements in a row must agree
 * @param within by how much they may differ, as a fraction
 */
public record StabilityRule(int windows, double within) {
  /** Three in a row, 10 %: the rule of perf_analyzer. */
  public static final StabilityRule STANDARD = new StabilityRule(3, 0.1);

  private static final String EXPECTED = "windows=3,within=10%";

  /**
   * What one measurement found.
   *
   * @param rate right answers a second
   * @param medianNanos median latency
   */
  public record Measurement(double rate, double medianNanos) {}

  /** Reads {@code windows=3,within=10%}, in any order; what is left out is as in the standard. */
  public static StabilityRule parse(String text) {
    int windows = STANDARD.windows;
    double within = STANDARD.within;
    for (String part : text.split(",", -1)) {
      String[] pair = part.strip().split("=", 2);
      try {
        if (pair.length == 2 && pair[0].equals("windows")) {
          windows = Integer.parseInt(pair[1]);
        } else if (pair.length == 2 && pair[0].equals("within") && pair[1].endsWith("%")) {
          within = Double.parseDouble(pair[1].substring(0, pair[1].length() - 1)) / 100;
        } else if (!text.isEmpty()) {
          throw wrong(text);
        }
      } catch (NumberFormatException e) {
        throw wrong(text);
      }
    }
    if (windows < 2 || !(within > 0 && within <= 1)) {
      throw new MlserveException(
          ErrorCode.INVALID_ARGUMENT,
          "'%s' (expected: at least 2 windows, within more than 0%% and at most 100%%)"
              .formatted(text));
    }
    return new StabilityRule(windows, within);
  }

  private static MlserveException wrong(String text) {
    return new MlserveException(
        ErrorCode.INVALID_ARGUMENT, "'%s' (expected: %s)".formatted(text, EXPECTED));
  }

  /** Whether the latest measurements agree; false while there are too few of them. */
  public boolean isMetBy(List<Measurement> measurements) {
    if (measurements.size() < windows) {
      return false;
    }
    List<Measurement> last =
        measurements.subList(measurements.size() - windows, measurements.size());
    return agree(last.stream().mapToDouble(Measurement::rate).toArray())
        && agree(last.stream().mapToDouble(Measurement::medianNanos).toArray());
  }

  private boolean agree(double[] figures) {
    double least = Double.POSITIVE_INFINITY;
    double most = 0;
    for (double figure : figures) {
      least = Math.min(least, figure);
      most = Math.max(most, figure);
    }
    return most > 0 && most <= least * (1 + within);
  }
}
