package io.mlserve.commands;

import io.mlserve.metrics.JobResult;
import io.mlserve.monitor.Outcome;
import io.mlserve.store.InstalledVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * Tells how the passes of a monitor went. While nothing is new it does so once a minute: the time
 * of the last success says that the monitor is alive. Not thread-safe.
 */
final class MonitorResults {
  private static final Duration HEARTBEAT = Duration.ofMinutes(1);

  private final PushOptions push;
  private final String model;
  private Instant told = Instant.MIN;

  /**
   * @param model name of the model that is kept
   */
  MonitorResults(PushOptions push, String model) {
    this.push = push;
    this.model = model;
  }

  /** Takes what a pass came to. */
  void passed(Outcome outcome, Instant began, Instant ended) {
    boolean idle = outcome instanceof Outcome.UpToDate || outcome instanceof Outcome.Waiting;
    if (!push.isWanted() || (idle && ended.isBefore(told.plus(HEARTBEAT)))) {
      return;
    }
    told = ended;
    boolean succeeded = outcome instanceof Outcome.Installed || outcome instanceof Outcome.UpToDate;
    OptionalLong bytes =
        outcome instanceof Outcome.Installed installed
            ? bytes(installed.version())
            : OptionalLong.empty();
    push.tell(
        new JobResult(
            "monitor",
            ended,
            Duration.between(began, ended),
            succeeded,
            bytes,
            Map.of("model", model)));
  }

  private static OptionalLong bytes(InstalledVersion version) {
    try (Stream<Path> files = Files.walk(version.folder())) {
      return OptionalLong.of(
          files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum());
    } catch (IOException | UncheckedIOException e) {
      return OptionalLong.empty(); // replaced meanwhile
    }
  }
}
