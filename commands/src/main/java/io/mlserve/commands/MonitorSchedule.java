package io.mlserve.commands;

import io.mlserve.change.Backoff;
import io.mlserve.monitor.Pace;
import java.time.Duration;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How often a monitor looks. */
final class MonitorSchedule {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--interval",
      paramLabel = "TIME",
      defaultValue = "10",
      description =
          "Sleep between two looks; a bare number is seconds (default: ${DEFAULT-VALUE}).")
  private Duration interval;

  @Option(
      names = "--jitter",
      paramLabel = "PART",
      defaultValue = "0.1",
      description = "Vary each sleep by up to this part of it (default: ${DEFAULT-VALUE}).")
  private double jitter;

  @Option(names = "--once", description = "Look once, install what is new, and exit.")
  private boolean once;

  @Option(
      names = "--exit-nothing-changed",
      description = "With --once: exit with status 9 if nothing is new.")
  private boolean exitNothingChanged;

  /** True if one look is all. */
  boolean once() {
    return once;
  }

  /** The status of a run that found nothing new. */
  int upToDateStatus() {
    return exitNothingChanged ? ExitStatus.NOTHING_CHANGED : ExitStatus.OK;
  }

  Duration interval() {
    return interval;
  }

  Pace pace(Backoff backoff) {
    if (interval.isZero()) {
      throw usage("--interval: 0 (expected: more)");
    }
    if (!(jitter >= 0 && jitter < 1)) {
      throw usage("--jitter: " + jitter + " (expected: at least 0, less than 1)");
    }
    return new Pace(interval, jitter, backoff);
  }

  private ParameterException usage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
