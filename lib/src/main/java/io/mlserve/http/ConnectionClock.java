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

  private final HttpLimits limits;
  private Phase phase = Phase.HEADERS;
  private long since;

  ConnectionClock(HttpLimits limits) {
    this.limits = limits;
  }

  void enter(Phase next, long now) {
    phase = next;
    since = now;
  }

  /** Some bytes moved: the phase's time starts anew. */
  void progress(long now) {
    since = now;
  }

  Phase phase() {
    return phase;
  }

  boolean isOver(long now) {
    return switch (phase) {
      case HEADERS -> now - since > limits.headerTimeout().toNanos();
      case BODY, ANSWERING -> now - since > limits.bodyTimeout().toNanos();
      case WORKING -> false;
      case IDLE -> now - since > limits.idleTimeout().toNanos();
    };
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
