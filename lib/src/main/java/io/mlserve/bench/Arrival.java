package io.mlserve.bench;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import java.math.BigDecimal;
import java.time.Duration;

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
    /** Reads one time a line, in seconds. */
    public static Replay parse(String name, String text) {
      long[] nanos =
          text.lines()
              .map(String::strip)
              .filter(line -> !line.isEmpty() && !line.startsWith("#"))
              .mapToLong(line -> nanos(name, line))
              .toArray();
      for (int i = 0; i < nanos.length; i++) {
        if (nanos[i] < (i == 0 ? 0 : nanos[i - 1])) {
          throw wrong(name + ": time " + (i + 1) + " lies before the one before it");
        }
      }
      if (nanos.length < 2 || nanos[nanos.length - 1] == nanos[0]) {
        throw wrong(name + ": fewer than two times");
      }
      return new Replay(name, nanos);
    }

    /** After that long the times begin anew: the last one and the mean gap. */
    long periodNanos() {
      long last = nanos[nanos.length - 1];
      return last + Math.max(1, (last - nanos[0]) / (nanos.length - 1));
    }

    private static long nanos(String name, String line) {
      try {
        return new BigDecimal(line).movePointRight(9).longValue();
      } catch (NumberFormatException e) {
        throw wrong(name + ": '" + line + "'");
      }
    }

    private static MlserveException wrong(String what) {
      return new MlserveException(
          ErrorCode.INVALID_ARGUMENT, what + " (expected: seconds from the start, ascending)");
    }

    @Override
    public String word() {
      return "replay:" + name;
    }
  }

  /** What the command line and reports call it. */
  String word();
}
