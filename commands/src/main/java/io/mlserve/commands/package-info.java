/**
 * The subcommands: options in, library calls, text or JSON out.
 *
 * <p>Start at {@link io.mlserve.commands.MlserveCommand}, which lists them. One class per
 * subcommand; what several share is a mixin or a small class beside them. {@link
 * io.mlserve.commands.CommandLines} builds the picocli command line with converters and error
 * handling.
 *
 * <p>Nothing here decides how a model is fetched, installed or run: that is the library's.
 */
@NullMarked
package io.mlserve.commands;

import org.jspecify.annotations.NullMarked;
