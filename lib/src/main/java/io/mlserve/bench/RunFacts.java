package io.mlserve.bench;

import java.time.Instant;
import java.util.List;

/**
 * Who measured, when and with what.
 *
 * @param toolVersion of mlserve
 * @param args of the command line, without secrets
 * @param seed of inputs and schedules
 * @param startedAt when the first point began
 */
public record RunFacts(
    String toolVersion, List<String> args, long seed, Instant startedAt, HostFacts host) {
  public RunFacts {
    args = List.copyOf(args);
  }
}
