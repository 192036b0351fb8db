package io.mlserve.bench;

import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * What the server counted about itself between the beginning and the end of a point, warm-up
 * included.
 *
 * @param source where it was read
 * @param requests inferences that it ended, for the model measured
 * @param sent what the load generator sent in the same time
 * @param queue mean time that a request waited in the server
 * @param compute mean time that the model took
 * @param meanBatch requests in one run of the model
 * @param cpuCores processor time of the server a second: 0.5 is half a core
 * @param differences of all counters that changed, by name and labels as exposed
 * @param problem why nothing could be read; the other parts are then empty
 */
public record ServerView(
    String source,
    OptionalLong requests,
    long sent,
    Optional<Duration> queue,
    Optional<Duration> compute,
    OptionalDouble meanBatch,
    OptionalDouble cpuCores,
    Map<String, Double> differences,
    Optional<String> problem) {
  public ServerView {
    differences = Collections.unmodifiableMap(new TreeMap<>(differences));
  }

  /** Whether the server counted another number of requests than were sent. */
  public boolean disagrees() {
    return requests.isPresent() && requests.getAsLong() != sent;
  }
}
