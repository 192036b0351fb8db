package io.mlserve.http;

import java.time.Duration;

/**
 * What bounds a connection, so that nobody can hold one, or memory, for ever.
 *
 * @param maxBodyBytes of one request; more is answered with 413
 * @param maxHeaderBytes of all headers of one request; more is answered with 431
 * @param headerTimeout from a request's first byte, or the connection's start, to its last header
 * @param bodyTimeout without any byte of a body that is under way, or of an answer being taken
 * @param idleTimeout between two requests of one connection
 * @param maxConnections at once; more are closed as they come
 */
public record HttpLimits(
    long maxBodyBytes,
    int maxHeaderBytes,
    Duration headerTimeout,
    Duration bodyTimeout,
    Duration idleTimeout,
    int maxConnections) {

  public static HttpLimits defaults() {
    return new HttpLimits(
        64L << 20,
        16 << 10,
        Duration.ofSeconds(10),
        Duration.ofSeconds(30),
        Duration.ofSeconds(75),
        10_000);
  }
}
