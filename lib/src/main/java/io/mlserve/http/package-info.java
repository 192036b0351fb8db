/**
 * The HTTP/1.1 engine: from socket to request and back. It knows no model.
 *
 * <p>Start at {@link io.mlserve.http.HttpEngine}, which listens, and {@link
 * io.mlserve.http.HttpExchange}, one request with its answer. {@link io.mlserve.http.Router} gives
 * an exchange to the handler of its path.
 *
 * <p>What a body means belongs to the dialects in {@code protocol.*}.
 */
@NullMarked
package io.mlserve.http;

import org.jspecify.annotations.NullMarked;
