package io.mlserve.commands;

import io.mlserve.change.Backoff;
import io.mlserve.remote.RetryPolicy;
import java.time.Duration;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How often and after which pauses a monitor tries again. */
final class MonitorRetries {
  private static final Duration BUDGET = Duration.ofMinutes(10);

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--max-retries",
      paramLabel = "N",
      defaultValue = "5",
      description =
          "Retries within one pull, each going on where the last ended (default: ${DEFAULT-VALUE}).")
  private int maxRetries;

  @Option(
      names = "--backoff",
      paramLabel = "FIRST..LONGEST",
      defaultValue = "1s..5m",
      converter = BackoffRange.class,
      description =
          "Wait before a failed update or an unreachable source is tried again, doubled each time"
              + " (default: ${DEFAULT-VALUE}).")
  private Backoff backoff;

  /** Between attempts to apply the same donefile. */
  Backoff backoff() {
    return backoff;
  }

  /** Within one pull. */
  RetryPolicy withinPull() {
    if (maxRetries < 0) {
      throw new ParameterException(
          spec.commandLine(), "--max-retries: " + maxRetries + " (expected: at least 0)");
    }
    Duration longest = backoff.most().compareTo(BUDGET) < 0 ? backoff.most() : BUDGET;
    return new RetryPolicy(maxRetries, backoff.first(), longest, BUDGET);
  }
}
