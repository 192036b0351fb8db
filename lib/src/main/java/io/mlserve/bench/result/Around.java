package io.mlserve.bench.result;

import java.time.Duration;

/** Which part of a run is looked at because of an event. */
public final class Around {
  /** From so long before it began. */
  public static final Duration BEFORE = Duration.ofSeconds(1);

  /** To so long after it ended. */
  public static final Duration AFTER = Duration.ofSeconds(2);

  private Around() {}
}
