package io.mlserve.bench;

/**
 * When requests start. Pure arithmetic: what sends them knows the time, this does not.
 *
 * <p>A closed loop has no times of its own. A schedule that has, an open loop, is one more
 * alternative here, and latency then counts from the time it names.
 */
public sealed interface Schedule {
  /** How many connections carry the requests. */
  int connections();

  /**
   * Every connection sends its next request when it has the answer to the last. A server that
   * stalls is then asked less, so percentiles understate a stall; the longest latency does not.
   */
  record Closed(int connections) implements Schedule {
    public Closed {
      if (connections < 1) {
        throw new IllegalArgumentException("connections: " + connections + " (expected: >= 1)");
      }
    }
  }
}
