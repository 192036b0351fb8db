package io.mlserve.bench;

/** When requests start, and over how many connections they go. Values only. */
public sealed interface Schedule {
  /** How many connections carry the requests; the most of them if they are made as needed. */
  int connections();

  /**
   * As many requests under way as that, always: each is followed by the next when its answer is
   * there. A server that stalls is then asked less, so percentiles understate a stall; the longest
   * latency does not.
   *
   * @param concurrency requests under way
   * @param connections that carry them; with HTTP/1.1 as many as requests
   */
  record Closed(int concurrency, int connections) implements Schedule {
    public Closed {
      atLeastOne("concurrency", concurrency);
      atLeastOne("connections", connections);
    }

    /** One request under way on each connection. */
    public Closed(int connections) {
      this(connections, connections);
    }
  }

  /**
   * Requests at times that do not depend on answers; latency counts from those times. The same seed
   * gives the same times to the nanosecond.
   *
   * @param ratePerSecond mean rate; 0 for a replay at its own pace, and meaningless for bursts
   * @param connections the most that carry the requests
   * @param maxOutstanding requests under way and overdue; one more is counted as failed, class
   *     {@code overload}, and never sent
   */
  record Open(double ratePerSecond, Arrival arrival, long seed, int connections, int maxOutstanding)
      implements Schedule {
    public Open {
      if (!(ratePerSecond >= 0 && ratePerSecond <= 1e9)) {
        throw new IllegalArgumentException("rate: " + ratePerSecond + " (expected: 0 to 1e9)");
      }
      atLeastOne("connections", connections);
      atLeastOne("outstanding requests", maxOutstanding);
    }

    /** The same at another rate. */
    public Open withRate(double other) {
      return new Open(other, arrival, seed, connections, maxOutstanding);
    }
  }

  private static void atLeastOne(String what, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(what + ": " + value + " (expected: >= 1)");
    }
  }
}
