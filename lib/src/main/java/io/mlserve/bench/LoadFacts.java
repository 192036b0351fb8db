package io.mlserve.bench;

import java.time.Duration;
import java.util.Optional;

/**
 * The load that all points of a run have in common; what differs is the {@link Schedule} of each
 * point.
 *
 * @param scenario the preset by name; its figures are "shaped like" it, nothing more
 * @param extent warm-up, duration and number of requests of each point
 * @param ramp before the warm-up, how long the load grows from nothing
 * @param coolDown the pause between two points
 * @param input as the user gave it: a file name, {@code random} or {@code zeros}
 * @param inputs how many different requests are sent in turn
 * @param batch rows in one request
 */
public record LoadFacts(
    Optional<String> scenario,
    Extent extent,
    Duration ramp,
    Duration coolDown,
    Duration timeout,
    String input,
    int inputs,
    long batch) {}
