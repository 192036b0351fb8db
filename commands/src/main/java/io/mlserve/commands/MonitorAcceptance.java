package io.mlserve.commands;

import io.mlserve.monitor.ModelCheck;
import io.mlserve.remote.Checksum;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What a model must pass to be installed, and how many old ones stay. */
final class MonitorAcceptance {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--keep",
      paramLabel = "N",
      defaultValue = "3",
      description = "Old versions to keep on the disk, at least 1 (default: ${DEFAULT-VALUE}).")
  private int keep;

  @Option(
      names = "--sha256",
      paramLabel = "HEX",
      description = "Digest that the model file must have, whatever its donefile says.")
  private Optional<String> sha256;

  @Option(
      names = "--check-model",
      paramLabel = "on|off",
      defaultValue = "on",
      description =
          "Load and run each model once, in a process of its own, before it is installed (default:"
              + " ${DEFAULT-VALUE}).")
  private OnOff checkModel;

  @Option(
      names = "--check-timeout",
      paramLabel = "TIME",
      defaultValue = "2m",
      description = "How long that may take (default: ${DEFAULT-VALUE}).")
  private Duration checkTimeout;

  int keep() {
    if (keep < 1) {
      throw new ParameterException(
          spec.commandLine(), "--keep: " + keep + " (expected: at least 1)");
    }
    return keep;
  }

  Optional<Checksum> expected() {
    return sha256.map(Checksum::parse);
  }

  ModelCheck check() {
    return checkModel == OnOff.ON ? new ServeCheck(checkTimeout) : ModelCheck.none();
  }

  /** "on" or "off". */
  String checkName() {
    return checkModel.name().toLowerCase(Locale.ROOT);
  }
}
