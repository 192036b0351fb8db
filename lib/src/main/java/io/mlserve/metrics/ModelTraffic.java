package io.mlserve.metrics;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What one version of one model has had to do since its server started.
 *
 * @param version empty text for requests that no version could be charged with
 * @param state the state that the version is in, in the server's words
 * @param requests answered, whatever the answer
 * @param errors those of them that failed
 * @param latency of its requests, in seconds
 * @param lastRequest empty if there never was one
 * @param loadSeconds how long the latest load took
 * @param inFlight requests that hold it now; empty if the server does not say
 */
public record ModelTraffic(
    String model,
    String version,
    Optional<String> state,
    double requests,
    double errors,
    Buckets latency,
    Optional<Instant> lastRequest,
    OptionalDouble loadSeconds,
    OptionalDouble inFlight) {}
