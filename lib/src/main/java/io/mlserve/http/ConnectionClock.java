package io.mlserve.http;

import java.time.Duration;

/**
 * When a connection has taken too long for the phase that it is in. Times are of one nano clock.
 */
final class ConnectionClock {
  enum Phase {
    /** A request's first byte, or the connection itself, has come, its last header not yet. */
    HEADERS,
    /** The body is coming. */
    BODY,
    /** The request is being worked on: its own deadline counts, not ours. */
    WORKING,
    /** The answer is being taken by the client. */
    ANSWERING,
    /** Nothing is under way. */
    IDLE
  }

  // Slower than a modem: whoever moves less holds the connection rather than uses it.
  private static final long NANOS_PER_BYTE = Duration.ofSeconds(1).toNanos() / 1024;

  private final HttpLimits limits;
  private Phase phase = Phase.HEADERS;
  private long since; // when the phase was entered
  private long moved; // bytes since then
  private long lastMove;

  ConnectionClock(HttpLimits limits) {
    this.limits = limits;
  }

  void enter(Phase next, long now) {
    phase = next;
    since = now;
    moved = 0;
    lastMove = now;
  }

  /** So many bytes of a body, or of an answer, have moved. */
  void moved(long bytes, long now) {
    moved += bytes;
    lastMove = now;
  }

  Phase phase() {
    return phase;
  }

  boolean isOver(long now) {
    return switch (phase) {
      case HEADERS -> now - since > limits.headerTimeout().toNanos();
      case BODY, ANSWERING -> isStuck(now);
      case WORKING -> false;
      case IDLE -> now - since > limits.idleTimeout().toNanos();
    };
  }

  private boolean isStuck(long now) {
    long patience = limits.bodyTimeout().toNanos();
    return now - lastMove > patience || now - since > patience + moved * NANOS_PER_BYTE;
  }

  /** How often to look: well below the shortest of the limits, at most once a second. */
  Duration granularity() {
    Duration shortest = limits.headerTimeout();
    for (Duration limit : new Duration[] {limits.bodyTimeout(), limits.idleTimeout()}) {
      shortest = limit.compareTo(shortest) < 0 ? limit : shortest;
    }
    Duration tenth = shortest.dividedBy(10).plusMillis(1);
    return tenth.compareTo(Duration.ofSeconds(1)) < 0 ? tenth : Duration.ofSeconds(1);
  }
}
