/**
 * What a measurement allows to be said, and how sure that is. Pure decisions: no I/O, no clock, no
 * thread; randomness comes from a seed.
 *
 * <p>Start at {@link io.mlserve.bench.verdict.Slo}, which judges one run, and {@link
 * io.mlserve.bench.verdict.Comparison}, which compares two. {@link
 * io.mlserve.bench.verdict.MaxSearch} and {@link io.mlserve.bench.verdict.StabilityRule} say which
 * run to make next, and when to stop.
 *
 * <p>Runs are made by {@code bench}; what they found is kept and shown by {@code bench.result}.
 */
@NullMarked
package io.mlserve.bench.verdict;

import org.jspecify.annotations.NullMarked;
