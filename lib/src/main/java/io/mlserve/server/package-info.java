/**
 * The composition root of serving: builds the server from its options, starts it, drains it, closes
 * it in reverse.
 *
 * <p>Start at {@link io.mlserve.server.ModelServer}.
 *
 * <p>Options of the command line and signals belong to {@code commands}.
 */
@NullMarked
package io.mlserve.server;

import org.jspecify.annotations.NullMarked;
