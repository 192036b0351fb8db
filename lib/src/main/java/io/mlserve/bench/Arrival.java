package io.mlserve.bench;

import java.time.Duration;
import java.util.Arrays;

/** How the requests of an open loop are spread over time. */
public sealed interface Arrival {
  /** As independent clients come: gaps are exponentially distributed. */
  record Poisson() implements Arrival {
    @Override
    public String word() {
      return "poisson";
    }
  }

  /** All gaps are the same. */
  record Constant() implements Arrival {
    @Override
    public String word() {
      return "constant";
    }
  }

  /**
   * Groups of requests at once.
   *
   * @param size of a group
   * @param every from one group to the next
   */
  record Burst(int size, Duration every) implements Arrival {
    public Burst {
      if (size < 1 || every.isZero() || every.isNegative()) {
        throw new IllegalArgumentException(size + " every " + every + " (expected: more than 0)");
      }
    }

    @Override
    public String word() {
      return "burst:" + size + "@" + every.toMillis() + "ms";
    }
  }

  /**
   * Times that were recorded, scaled to the rate that is asked for if one is.
   *
   * @param name of the file they came from
   * @param nanos ascending, from 0; begun anew when they end
   */
  @SuppressWarnings("ArrayRecordComponent") // a million times would be a million objects
  record Replay(String name, long[] nanos) implements Arrival {
    public Replay {
      nanos = Arrays.copyOf(nanos, nanos.length);
    }

    @Override
    public String word() {
      return "replay:" + name;
    }
  }

  /** What the command line and reports call it. */
  String word();
}
