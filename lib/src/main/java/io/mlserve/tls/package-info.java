/**
 * The certificate with which a server shows who it is.
 *
 * <p>There is one class, {@link io.mlserve.tls.TlsFiles}.
 *
 * <p>How an engine speaks TLS is its own affair: {@code http} and {@code grpc} do it each in its
 * way.
 */
@NullMarked
package io.mlserve.tls;

import org.jspecify.annotations.NullMarked;
