package io.mlserve.bench.result;

import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The end of a search for the highest rate.
 *
 * @param rate offered requests a second that a fresh run confirmed; empty if none was
 * @param goodput right answers a second in that run
 * @param bounded whether a higher rate was seen to fail
 * @param runs how many runs the search took
 * @param problem why there is no rate
 */
public record MaxFindings(
    OptionalDouble rate,
    OptionalDouble goodput,
    boolean bounded,
    int runs,
    Optional<String> problem) {}
