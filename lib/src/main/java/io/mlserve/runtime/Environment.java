package io.mlserve.runtime;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtLoggingLevel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;

/**
 * ONNX Runtime's one environment of the process, made at first use.
 *
 * <p>While it is made, ONNX Runtime 1.29 matches a regular expression against the command line of
 * the process, by recursion that takes about 250 bytes of stack a character: a command line of 4
 * KiB overflows a thread's usual megabyte, and the process dies without a word. So it is made on a
 * thread whose stack suits the command line.
 */
final class Environment {
  private static final long BYTES_A_CHARACTER = 1024;
  private static final long LEAST_STACK = 16L << 20;
  private static final Path COMMAND_LINE = Path.of("/proc/self/cmdline");

  private Environment() {}

  /** Initialised once, by the class loader. */
  private static final class Holder {
    private static final OrtEnvironment ENVIRONMENT = make();
  }

  static OrtEnvironment shared() {
    return Holder.ENVIRONMENT;
  }

  private static OrtEnvironment make() {
    AtomicReference<OrtEnvironment> made = new AtomicReference<>();
    AtomicReference<Throwable> failure = new AtomicReference<>();
    Thread maker =
        new Thread(
            null,
            () -> made.set(OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR)),
            "onnxruntime-start",
            LEAST_STACK + commandLineLength() * BYTES_A_CHARACTER);
    maker.setUncaughtExceptionHandler((thread, thrown) -> failure.set(thrown));
    maker.start();
    boolean interrupted = false;
    while (maker.isAlive()) {
      try {
        maker.join();
      } catch (InterruptedException e) {
        interrupted = true; // half a second at most: wait, then pass it on
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    OrtEnvironment environment = made.get();
    if (environment == null) {
      throw new IllegalStateException("ONNX Runtime does not start", failure.get());
    }
    return environment;
  }

  private static long commandLineLength() {
    try {
      return Files.readAllBytes(COMMAND_LINE).length;
    } catch (IOException e) {
      return 0; // not Linux
    }
  }
}
