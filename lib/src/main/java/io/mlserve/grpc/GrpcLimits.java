package io.mlserve.grpc;

import java.time.Duration;

/**
 * What bounds a connection and a call, so that nobody can hold one, or memory, for ever.
 *
 * @param maxMessageBytes of one message, uncompressed; more is answered with {@code
 *     RESOURCE_EXHAUSTED}
 * @param maxMetadataBytes of all metadata of one call
 * @param handshakeTimeout from a connection's start to the end of TLS and the HTTP/2 preface
 * @param idleTimeout of a connection without a call; it is asked to go
 * @param keepAlive after which a silent connection is asked whether it is still there; it has as
 *     long again to say so
 * @param minPingInterval that a client has to leave between its own pings
 * @param maxAge of a connection; then it is asked to go, so that load balancers see it again
 * @param maxCallsPerConnection under way at once
 * @param maxConnections at once; more are closed as they come
 */
public record GrpcLimits(
    int maxMessageBytes,
    int maxMetadataBytes,
    Duration handshakeTimeout,
    Duration idleTimeout,
    Duration keepAlive,
    Duration minPingInterval,
    Duration maxAge,
    int maxCallsPerConnection,
    int maxConnections) {

  public static GrpcLimits defaults() {
    return new GrpcLimits(
        64 << 20,
        16 << 10,
        Duration.ofSeconds(10),
        Duration.ofMinutes(5),
        Duration.ofMinutes(1),
        Duration.ofSeconds(10),
        Duration.ofHours(12),
        1_000,
        10_000);
  }

  /** The same with another size of messages. */
  public GrpcLimits withMaxMessageBytes(int bytes) {
    return new GrpcLimits(
        bytes,
        maxMetadataBytes,
        handshakeTimeout,
        idleTimeout,
        keepAlive,
        minPingInterval,
        maxAge,
        maxCallsPerConnection,
        maxConnections);
  }

  /** The same with another number of connections. */
  public GrpcLimits withMaxConnections(int connections) {
    return new GrpcLimits(
        maxMessageBytes,
        maxMetadataBytes,
        handshakeTimeout,
        idleTimeout,
        keepAlive,
        minPingInterval,
        maxAge,
        maxCallsPerConnection,
        connections);
  }
}
