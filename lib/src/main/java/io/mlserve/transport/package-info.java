/**
 * The threads that read and write sockets, and how they ask the kernel.
 *
 * <p>Start at {@link io.mlserve.transport.EventLoops}: one set of them serves every port of a
 * server, so that a request is read, run and answered on one thread.
 *
 * <p>What is said on a socket belongs to {@code http} and {@code grpc}.
 */
@NullMarked
package io.mlserve.transport;

import org.jspecify.annotations.NullMarked;
