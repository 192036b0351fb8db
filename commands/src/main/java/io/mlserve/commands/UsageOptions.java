package io.mlserve.commands;

import io.mlserve.usage.UsageRule;
import io.mlserve.usage.Window;
import java.time.Duration;
import java.time.Instant;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** When a version counts as unused. */
final class UsageOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = {"--window", "--idle"},
      paramLabel = "TIME",
      defaultValue = "24h",
      description = "For how long nobody must have asked (default: 24h).")
  private Duration window;

  @Option(
      names = "--max-qps",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "Requests per second in the busiest hour that still count as unused (default: 0, not a"
              + " single request).")
  private double maxQps;

  @Option(
      names = "--min-coverage",
      paramLabel = "PERCENT",
      defaultValue = "95",
      description = "Share of the window that must be known (default: 95).")
  private double minCoverage;

  /** What the options say. */
  UsageRule rule() {
    if (!(maxQps >= 0) || Double.isInfinite(maxQps)) {
      throw new ParameterException(
          spec.commandLine(), "--max-qps: " + maxQps + " (expected: 0 or more)");
    }
    if (!(minCoverage > 0 && minCoverage <= 100)) {
      throw new ParameterException(
          spec.commandLine(),
          "--min-coverage: " + minCoverage + " (expected: more than 0, to 100)");
    }
    return new UsageRule(maxQps, minCoverage / 100);
  }

  /** The window that ends now. */
  Window window(Instant now) {
    return new Window(now, length());
  }

  Duration length() {
    if (window.isZero()) {
      throw new ParameterException(spec.commandLine(), "--window: '0' (expected: more than zero)");
    }
    return window;
  }
}
