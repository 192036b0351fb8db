package io.mlserve.bench;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a run is to do. Values only: one plan may be run again and again.
 *
 * @param ramp how long the load grows from nothing, before the warm-up
 * @param timeout the longest wait for one answer, connecting included
 * @param requests sent in turn; at least one
 * @param expected what right answers are, one for each request
 * @param events what is done to the server meanwhile
 * @param serverMetrics where to read what the server counts, before and after
 */
public record LoadPlan(
    Schedule schedule,
    Extent extent,
    Duration ramp,
    Duration timeout,
    List<Request> requests,
    Expectations expected,
    List<LoadEvent> events,
    Optional<URI> serverMetrics) {
  public LoadPlan {
    requests = List.copyOf(requests);
    events = List.copyOf(events);
    if (requests.isEmpty()) {
      throw new IllegalArgumentException("no requests (expected: at least one)");
    }
    int answers = requests.size();
    if (expected.any().stream().anyMatch(e -> e.answers().size() != answers)) {
      throw new IllegalArgumentException("expected answers for another number of requests");
    }
  }

  /** Without ramp, events and metrics. */
  public LoadPlan(
      Schedule schedule,
      Extent extent,
      Duration timeout,
      List<Request> requests,
      Expectations expected) {
    this(schedule, extent, Duration.ZERO, timeout, requests, expected, List.of(), Optional.empty());
  }

  /** The same with another load and length. */
  public LoadPlan with(Schedule other, Extent length) {
    return new LoadPlan(other, length, ramp, timeout, requests, expected, events, serverMetrics);
  }

  /** The same with other right answers. */
  public LoadPlan with(Expectations other) {
    return new LoadPlan(schedule, extent, ramp, timeout, requests, other, events, serverMetrics);
  }
}
