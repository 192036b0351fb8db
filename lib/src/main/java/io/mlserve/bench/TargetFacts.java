package io.mlserve.bench;

import java.util.Optional;

/**
 * What was measured.
 *
 * @param url as it was given, without secrets
 * @param api the dialect, such as {@code tfs-rest}
 * @param model empty when the dialect knows no models
 * @param version the newest available one when the run began; empty if the server names none
 * @param digest of the model's bytes; empty if it cannot be had
 */
public record TargetFacts(
    String url, String api, String model, Optional<String> version, Optional<String> digest) {}
