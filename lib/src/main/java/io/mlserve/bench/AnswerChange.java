package io.mlserve.bench;

import java.util.Optional;

/**
 * From here on answers match another expectation.
 *
 * @param atNanos when the first such answer was there, counted from the start of the run
 * @param from what they matched before; empty at the first answer
 */
public record AnswerChange(long atNanos, Optional<String> from, String to) {}
