package io.mlserve.metrics.history;

import io.mlserve.metrics.Selector;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;

/**
 * What is remembered of one version. Slots without a request are left out.
 *
 * @param last when it was last asked for, by the way of asking; ways that never were are left out
 * @param fiveMinutes by the beginning of the slot
 * @param latencies of the same slots, unless nothing was timed in them
 * @param hours by the beginning of the slot, over a longer time
 */
public record VersionTraffic(
    Map<Selector, Instant> last,
    NavigableMap<Instant, Tally> fiveMinutes,
    Map<Instant, Latency> latencies,
    NavigableMap<Instant, Tally> hours) {
  private static final int SLOTS_PER_HOUR = 12;

  /** The highest rate of an hour, in requests per second, and when that hour begins. */
  public record Peak(double rps, Instant hour) {}

  public VersionTraffic {
    last = Map.copyOf(last);
    fiveMinutes = Collections.unmodifiableNavigableMap(fiveMinutes);
    latencies = Collections.unmodifiableMap(latencies);
    hours = Collections.unmodifiableNavigableMap(hours);
  }

  /** When it was last asked for in any way; empty for never. */
  public Optional<Instant> lastRequest() {
    return last.values().stream().max(Instant::compareTo);
  }

  /** Requests within {@code window} before {@code now}, to a slot more at its beginning. */
  public Tally within(Duration window, Instant now) {
    Instant start = now.minus(window);
    boolean fine = window.compareTo(TrafficHistory.FINE) <= 0;
    NavigableMap<Instant, Tally> slots = fine ? fiveMinutes : hours;
    Instant first = start.minus(fine ? TrafficHistory.SLOT : TrafficHistory.HOUR);
    return slots.tailMap(first, false).values().stream().reduce(Tally.NONE, Tally::plus);
  }

  /** The busiest hour that ends within the last day, in steps of a slot; empty for no request. */
  public Optional<Peak> peak(Instant now) {
    Optional<Peak> best = Optional.empty();
    Instant earliest = now.minus(Duration.ofHours(25));
    // The busiest hour can be moved so that it begins with a slot that has a request.
    for (Instant begin : fiveMinutes.tailMap(earliest, false).keySet()) {
      Instant end = begin.plus(TrafficHistory.SLOT.multipliedBy(SLOTS_PER_HOUR));
      long requests =
          fiveMinutes.subMap(begin, true, end, false).values().stream()
              .mapToLong(Tally::requests)
              .sum();
      double rps = requests / 3600.0;
      if (best.isEmpty() || rps > best.get().rps()) {
        best = Optional.of(new Peak(rps, begin));
      }
    }
    return best;
  }
}
