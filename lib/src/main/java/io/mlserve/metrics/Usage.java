package io.mlserve.metrics;

import java.util.List;
import java.util.Map;

/**
 * How a version was used since its counters began, at one time.
 *
 * @param requests by the way in which they asked for it; every way is there
 * @param failures how many of them had no answer
 * @param durations how many took between each bound of {@link #bounds} and the one before
 * @param lastMillis when it was last asked for in each way, in milliseconds since 1970; 0 for never
 */
public record Usage(
    Map<Selector, Long> requests,
    long failures,
    List<Long> durations,
    Map<Selector, Long> lastMillis) {
  /** Upper bounds of durations, in seconds; what lies beyond the last is counted as well. */
  public static List<Double> bounds() {
    return java.util.Arrays.stream(VersionCounters.TIMES).mapToObj(nanos -> nanos / 1e9).toList();
  }
}
