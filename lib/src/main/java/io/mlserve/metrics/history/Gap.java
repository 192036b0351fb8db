package io.mlserve.metrics.history;

import java.time.Instant;

/** A time of which nothing is known: the server did not run, or could not save what it had seen. */
public record Gap(Instant from, Instant to) {}
