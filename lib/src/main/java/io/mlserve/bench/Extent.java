package io.mlserve.bench;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How long a run is. It ends at whichever limit comes first; requests under way are then awaited.
 *
 * @param warmUp how long requests are sent before any is measured
 * @param duration of the measured part
 * @param requests how many are measured
 */
public record Extent(Duration warmUp, Optional<Duration> duration, OptionalLong requests) {
  public Extent {
    if (duration.isEmpty() && requests.isEmpty()) {
      throw new IllegalArgumentException("neither duration nor requests (expected: one at least)");
    }
  }
}
