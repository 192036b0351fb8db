package io.mlserve.commands;

import io.mlserve.bench.result.BenchResult;
import io.mlserve.bench.result.ResultJson;
import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;

/** Saved results. */
final class BenchFiles {
  private BenchFiles() {}

  /** Reads one; {@code -} is standard input. */
  static BenchResult read(Path file) throws IOException {
    if (file.toString().equals("-")) {
      return ResultJson.read("standard input", System.in.readAllBytes());
    }
    try {
      return ResultJson.read(file.toString(), Files.readAllBytes(file));
    } catch (NoSuchFileException e) {
      throw new MlserveException(ErrorCode.NOT_FOUND, file + ": no such file", e);
    }
  }

  /** Writes the whole file or none of it. */
  static void write(Path file, String text) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      throw new MlserveException(ErrorCode.NOT_FOUND, folder + ": no such folder");
    }
    Path part = Files.createTempFile(folder, "." + file.getFileName() + ".", ".part");
    try {
      Files.write(part, text.getBytes(StandardCharsets.UTF_8));
      readableLikeAnyOther(part);
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(part);
    }
  }

  // A temporary file is its owner's alone; a report is to be shown.
  private static void readableLikeAnyOther(Path file) throws IOException {
    if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    }
  }
}
