package io.mlserve.commands;

import io.mlserve.store.InstalledVersion;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import picocli.CommandLine.Option;

/** What a monitor runs after an install. */
final class MonitorHook {
  @Option(
      names = "--on-update",
      paramLabel = "COMMAND",
      description =
          "Shell command to run after each install, with MODEL_PATH and MODEL_VERSION in its"
              + " environment. It may run again for a version, and is missed if the monitor is"
              + " killed just before.")
  private Optional<String> onUpdate;

  @Option(
      names = "--on-update-timeout",
      paramLabel = "TIME",
      defaultValue = "5m",
      description = "How long that may take (default: ${DEFAULT-VALUE}).")
  private Duration onUpdateTimeout;

  /** Runs the user's command, if there is one. */
  void installed(Path model, InstalledVersion version) {
    if (onUpdate.isEmpty()) {
      return;
    }
    try {
      new UpdateHook(onUpdate.get(), onUpdateTimeout).run(model, version);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the sleep that comes next ends at once
    }
  }
}
