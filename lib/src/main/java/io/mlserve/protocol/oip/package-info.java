/**
 * The Open Inference Protocol, version 2, in the form that Triton's clients speak.
 *
 * <p>Start at {@link io.mlserve.protocol.oip.OipTypes}, the datatypes that all of it shares.
 *
 * <p>Which version answers is decided in {@code serving}; sockets belong to {@code http} and {@code
 * grpc}.
 */
@NullMarked
package io.mlserve.protocol.oip;

import org.jspecify.annotations.NullMarked;
