/**
 * The Open Inference Protocol, version 2, in the form that Triton's clients speak.
 *
 * <p>Start at {@link io.mlserve.protocol.oip.OipRest}, the front door over HTTP, and {@code
 * OipTypes}, the datatypes that all of it shares. Paths, JSON and the extensions for binary
 * tensors, statistics, configuration, classification and the repository follow Triton's; where
 * Triton refuses or says less (16-bit floats in JSON, health without a body), this is a superset.
 *
 * <p>Which version answers is decided in {@code serving}; sockets belong to {@code http} and {@code
 * grpc}.
 */
@NullMarked
package io.mlserve.protocol.oip;

import org.jspecify.annotations.NullMarked;
