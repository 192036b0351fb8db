package io.mlserve.error;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.ReadOnlyFileSystemException;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/** What a failed operation of the local disk means to the user. Reads the exception, not a disk. */
public final class DiskFailure {
  private DiskFailure() {}

  /** {@code what} is the start of a sentence: "cannot install version 3 of m". */
  public static MlserveException of(String what, IOException failure) {
    String reason = reason(failure);
    return new MlserveException(
        code(failure, reason), what + ": " + file(what, failure).orElse("") + reason, failure);
  }

  private static String reason(IOException failure) {
    if (failure instanceof ClosedByInterruptException) {
      return "interrupted";
    }
    if (failure instanceof AccessDeniedException) {
      return "permission denied";
    }
    if (failure instanceof NoSuchFileException) {
      return "no such file";
    }
    if (failure instanceof FileAlreadyExistsException) {
      return "it exists already";
    }
    if (failure instanceof DirectoryNotEmptyException) {
      return "it is not empty";
    }
    if (failure instanceof NotDirectoryException) {
      return "it is not a folder";
    }
    return Objects.requireNonNullElse(
        failure instanceof FileSystemException file ? file.getReason() : failure.getMessage(),
        failure.getClass().getSimpleName());
  }

  // The file that failed, if the sentence does not name it. Names out of an archive may be made to
  // deceive: who writes them into a sentence makes them safe.
  private static Optional<String> file(String what, IOException failure) {
    return failure instanceof FileSystemException named
        ? Optional.ofNullable(named.getFile())
            .filter(file -> !what.contains(file) && file.chars().allMatch(c -> c >= 32 && c < 127))
            .map(file -> file + ": ")
        : Optional.empty();
  }

  // The JDK has no types for most of these; the words are those of strerror in the C locale.
  private static ErrorCode code(IOException failure, String reason) {
    if (failure instanceof ClosedByInterruptException) {
      return ErrorCode.ABORTED;
    }
    String words = reason.toLowerCase(Locale.ROOT);
    if (words.contains("no space left")
        || words.contains("quota exceeded")
        || words.contains("file too large")) {
      return ErrorCode.RESOURCE_EXHAUSTED;
    }
    if (failure instanceof AccessDeniedException
        || failure.getCause() instanceof ReadOnlyFileSystemException
        || words.contains("read-only file system")
        || words.contains("not permitted")) {
      return ErrorCode.PERMISSION_DENIED;
    }
    if (words.contains("file name too long") || words.contains("is a directory")) {
      return ErrorCode.INVALID_ARGUMENT;
    }
    return ErrorCode.UNAVAILABLE;
  }
}
