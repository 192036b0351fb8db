package io.mlserve.metrics;

import io.mlserve.error.DiskFailure;
import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/**
 * A file that the node exporter's textfile collector reads: metrics of a job that has ended. It
 * appears whole or not at all, and is replaced in one step.
 */
public record TextFile(Path file) {
  private static final String SUFFIX = ".prom";

  /** {@code INVALID_ARGUMENT} if the collector would pass over a file of that name. */
  public TextFile {
    if (!file.getFileName().toString().endsWith(SUFFIX)) {
      throw new MlserveException(
          ErrorCode.INVALID_ARGUMENT, file + " (expected: a name that ends in " + SUFFIX + ")");
    }
  }

  /** What it holds; empty if there is none. */
  public Optional<Exposition> read() {
    try {
      return Files.exists(file)
          ? Optional.of(Exposition.parse(Files.readString(file)))
          : Optional.empty();
    } catch (IOException e) {
      throw DiskFailure.of("cannot read " + file, e);
    }
  }

  /** Replaces its content. */
  public void write(String text) {
    // the collector passes over the name, and others may read it: its user is not ours
    Path whole = file.toAbsolutePath();
    Path partial =
        whole.resolveSibling("." + file.getFileName() + "." + ProcessHandle.current().pid());
    try {
      Files.writeString(partial, text);
      Files.move(
          partial, whole, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw DiskFailure.of("cannot write " + file, e);
    } finally {
      discard(partial);
    }
  }

  private static void discard(Path partial) {
    try {
      Files.deleteIfExists(partial);
    } catch (IOException e) {
      // a leftover that nobody reads
    }
  }

  /** Removes it, if it is there. */
  public void delete() {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw DiskFailure.of("cannot delete " + file, e);
    }
  }
}
