/**
 * What one call of the load tool found and decided, as a value that can be saved, read back and
 * turned into other forms.
 *
 * <p>Start at {@link io.mlserve.bench.result.BenchResult}. {@link
 * io.mlserve.bench.result.ResultJson} writes and reads it; its form is published as {@code
 * bench-result.schema.json} beside it. {@link io.mlserve.bench.result.Judge} makes the findings.
 *
 * <p>Pictures belong to {@code bench.chart}, the text on a terminal to the command.
 */
@NullMarked
package io.mlserve.bench.result;

import org.jspecify.annotations.NullMarked;
