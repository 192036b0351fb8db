/**
 * The program: {@link io.mlserve.cli.Main} and what it needs once per process.
 *
 * <p>Start at {@link io.mlserve.cli.Main}, the only place that exits. {@link
 * io.mlserve.cli.Logging} sets up logback when the first logger is made. The launcher and the
 * packaging lie beside the Java sources, in {@code src/dist}, {@code src/assembly} and {@code
 * src/build}.
 *
 * <p>Commands and their options belong to {@code io.mlserve.commands}.
 */
@NullMarked
package io.mlserve.cli;

import org.jspecify.annotations.NullMarked;
