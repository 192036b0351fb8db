/**
 * How many waiting requests make one run, and when.
 *
 * <p>Start at {@link io.mlserve.batch.BatchSizing}, which decides, and {@link
 * io.mlserve.batch.RunCost}, which is what it knows.
 *
 * <p>Decisions only: requests, threads and memory are in {@code serving}, runs in {@code runtime}.
 */
@NullMarked
package io.mlserve.batch;

import org.jspecify.annotations.NullMarked;
