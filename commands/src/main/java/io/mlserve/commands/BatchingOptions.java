package io.mlserve.commands;

import io.mlserve.batch.BatchOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How {@code serve} lets requests share runs of a model. */
final class BatchingOptions {
  private static final int MOST_ROWS = 4096;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--batch-max-size",
      paramLabel = "ROWS",
      defaultValue = "64",
      description =
          "Most rows of requests that run together; a request with more is run in parts, and 1"
              + " lets each run alone and whole (default: ${DEFAULT-VALUE}). Only models that"
              + " answer rows together as they do alone, which is tried at the warm-up, run them"
              + " together.")
  private int maxRows;

  @Option(
      names = "--batch-timeout",
      paramLabel = "TIME",
      defaultValue = "0s",
      description =
          "How long a request for a slow model waits for others though it could run (default:"
              + " ${DEFAULT-VALUE}).")
  private Duration timeout;

  @Option(
      names = "--batch-sizes",
      paramLabel = "N,N,...",
      split = ",",
      description =
          "Run no other numbers of rows together than these; what is missing is filled up with"
              + " copies of the last row, whose answers are dropped.")
  private List<Integer> sizes = new ArrayList<>();

  @Option(
      names = "--slo",
      paramLabel = "TIME",
      description =
          "Latency that answers of slow models are to keep: runs are made no larger than that"
              + " allows, and requests that could not be answered in time get 429 at once.")
  private Optional<Duration> objective;

  BatchOptions options() {
    if (maxRows < 1 || maxRows > MOST_ROWS) {
      throw wrong("--batch-max-size: " + maxRows + " (expected: 1 to " + MOST_ROWS + ")");
    }
    int before = 0;
    for (int size : sizes) {
      if (size <= before) {
        throw wrong("--batch-sizes: " + size + " (expected: more than " + before + ")");
      }
      before = size;
    }
    if (before > maxRows) {
      throw wrong(
          "--batch-sizes: " + before + " (expected: at most --batch-max-size, " + maxRows + ")");
    }
    if (objective.isPresent() && objective.get().isZero()) {
      throw wrong("--slo: 0 (expected: more than 0)");
    }
    int most = sizes.isEmpty() ? maxRows : before;
    return new BatchOptions(most, timeout, sizes, objective);
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
