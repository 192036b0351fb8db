/**
 * The gRPC engine: from socket to message and back. It knows no model.
 *
 * <p>Start at {@link io.mlserve.grpc.GrpcEngine}, which listens, and {@link
 * io.mlserve.grpc.UnaryCall}, one request with its answer. {@link io.mlserve.grpc.GrpcStatus} says
 * what a failure is called on the wire.
 *
 * <p>What a message means belongs to the dialects in {@code protocol.*}, the messages themselves to
 * {@code wire}.
 */
@NullMarked
package io.mlserve.grpc;

import org.jspecify.annotations.NullMarked;
