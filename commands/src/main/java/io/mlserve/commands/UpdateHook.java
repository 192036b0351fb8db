package io.mlserve.commands;

import io.mlserve.store.InstalledVersion;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a user's shell command after each installed version. What it prints goes to stderr; how it
 * ends changes nothing but the log.
 *
 * @param command for {@code sh -c}; the environment tells it {@code MODEL_PATH} and {@code
 *     MODEL_VERSION}
 * @param limit after which it is killed
 */
record UpdateHook(String command, Duration limit) {
  private static final Logger log = LoggerFactory.getLogger(UpdateHook.class);

  void run(Path model, InstalledVersion version) throws InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder("sh", "-c", "exec 1>&2\n" + command)
            .redirectInput(Redirect.from(Path.of("/dev/null").toFile()))
            .redirectOutput(Redirect.INHERIT)
            .redirectError(Redirect.INHERIT);
    builder.environment().put("MODEL_PATH", model.toAbsolutePath().toString());
    builder.environment().put("MODEL_VERSION", Long.toString(version.number()));
    try {
      Process process = builder.start();
      try {
        if (!process.waitFor(limit.toNanos(), TimeUnit.NANOSECONDS)) {
          log.warn("hook.failed it ran longer than {} ms and was killed", limit.toMillis());
        } else if (process.exitValue() != 0) {
          log.warn("hook.failed it ended with status {}", process.exitValue());
        } else {
          log.info("hook.done for version {}", version.id());
        }
      } finally {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
      }
    } catch (IOException e) {
      log.warn("hook.failed cannot run sh: {}", e.getMessage());
    }
  }
}
