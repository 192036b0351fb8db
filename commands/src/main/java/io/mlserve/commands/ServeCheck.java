package io.mlserve.commands;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.monitor.ModelCheck;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Loads and runs a model in a process of its own, {@code mlserve serve --check}: a model that
 * crashes ONNX Runtime or eats all memory takes nothing else with it.
 */
final class ServeCheck implements ModelCheck {
  // What a process that died of ILL, ABRT, BUS, FPE and SEGV ends with: crashes of native code.
  private static final Set<Integer> CRASHES = Set.of(132, 134, 135, 136, 139);
  private static final int OUT_OF_MEMORY = 3;

  private final Duration limit;

  /**
   * @param limit after which the process is killed
   */
  ServeCheck(Duration limit) {
    this.limit = limit;
  }

  @Override
  public String name() {
    return "serve --check of " + Version.details().get("mlserve");
  }

  @Override
  public void check(Path model) {
    try {
      Path errors = Files.createTempFile("mlserve-check-", ".txt");
      try {
        judge(status(model, errors), lastLine(errors));
      } finally {
        Files.delete(errors);
      }
    } catch (IOException e) {
      throw new MlserveException(
          ErrorCode.UNAVAILABLE, "cannot run serve --check: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MlserveException(ErrorCode.ABORTED, "interrupted while checking a model", e);
    }
  }

  private int status(Path model, Path errors) throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xshare:auto",
                "-XX:-CreateCoredumpOnCrash",
                "-XX:ErrorFile=/dev/null",
                "io.mlserve.cli.Main",
                "serve",
                "--check",
                "--settings",
                "/dev/null",
                "--model",
                "m=" + model)
            .redirectInput(Redirect.from(Path.of("/dev/null").toFile()))
            .redirectOutput(Redirect.DISCARD)
            .redirectError(errors.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("MLSERVE_"));
    // Not as an argument: ONNX Runtime 1.29 overflows its stack reading a long command line.
    builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
    Process process = builder.start();
    try {
      if (!process.waitFor(limit.toNanos(), TimeUnit.NANOSECONDS)) {
        throw new MlserveException(
            ErrorCode.DEADLINE_EXCEEDED,
            "the model took longer than " + limit.toMillis() + " ms to load and run once");
      }
      return process.exitValue();
    } finally {
      process.destroyForcibly();
    }
  }

  private static void judge(int status, String said) {
    if (status == ExitStatus.OK) {
      return;
    }
    if (CRASHES.contains(status)) {
      throw new MlserveException(
          ErrorCode.DATA_LOSS, "the model crashes the runtime (status " + status + ")");
    }
    if (status == OUT_OF_MEMORY) {
      throw new MlserveException(
          ErrorCode.RESOURCE_EXHAUSTED, "no memory to check the model: " + said);
    }
    boolean bad = status == ExitStatus.BAD_DATA || status == ExitStatus.NOT_FOUND;
    throw new MlserveException(
        bad ? ErrorCode.DATA_LOSS : ErrorCode.INTERNAL,
        bad ? said : "serve --check ended with status " + status + ": " + said);
  }

  private static String lastLine(Path errors) throws IOException {
    List<String> lines =
        Files.readString(errors, StandardCharsets.ISO_8859_1)
            .lines()
            .filter(line -> !line.isBlank() && !line.startsWith("hint:"))
            .filter(line -> !line.startsWith("WARNING: ")) // of a JVM since Java 24
            .toList();
    String last = lines.isEmpty() ? "it said nothing" : lines.get(lines.size() - 1);
    return last.replaceFirst("^mlserve serve: ", "").replaceFirst(" \\([0-9]+\\)$", "");
  }
}
