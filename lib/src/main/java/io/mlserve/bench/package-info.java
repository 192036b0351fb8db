/**
 * Puts load on a model server and reports honestly what came back.
 *
 * <p>Start at {@link io.mlserve.bench.LoadGenerator}: opened on a {@link io.mlserve.bench.Target},
 * it describes the model and runs a {@link io.mlserve.bench.LoadPlan}, which gives a {@link
 * io.mlserve.bench.BenchPoint}. When a request starts is the business of a {@link
 * io.mlserve.bench.Schedule}, how it travels that of a connection; neither knows the other. {@link
 * io.mlserve.bench.Confidence} says how much a percentile is worth.
 *
 * <p>Nothing here prints. Text and JSON of a report belong to the command; what the server counts
 * about itself belongs to {@code metrics}.
 */
@NullMarked
package io.mlserve.bench;

import org.jspecify.annotations.NullMarked;
