package io.mlserve.archive;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.Locale;

/** What a failed operation on the local disk means to the user. */
final class DiskFailure {
  private DiskFailure() {}

  /** {@code doing} continues "cannot": {@code write}, {@code read}. */
  static MlserveException of(String doing, Path path, IOException failure) {
    String what = "cannot " + doing + " " + SafeText.quote(path.toString()) + ": ";
    if (failure instanceof ClosedByInterruptException) {
      return new MlserveException(ErrorCode.ABORTED, what + "interrupted", failure);
    }
    if (failure instanceof AccessDeniedException) {
      return new MlserveException(ErrorCode.PERMISSION_DENIED, what + "permission denied", failure);
    }
    String reason = reason(failure);
    return new MlserveException(code(reason), what + reason, failure);
  }

  private static String reason(IOException failure) {
    String reason =
        failure instanceof FileSystemException file ? file.getReason() : failure.getMessage();
    return reason == null ? failure.getClass().getSimpleName() : reason;
  }

  // The JDK has no types for these; the words are those of strerror in the C locale.
  private static ErrorCode code(String reason) {
    String words = reason.toLowerCase(Locale.ROOT);
    if (words.contains("no space left")
        || words.contains("quota exceeded")
        || words.contains("file too large")) {
      return ErrorCode.RESOURCE_EXHAUSTED;
    }
    if (words.contains("read-only") || words.contains("not permitted")) {
      return ErrorCode.PERMISSION_DENIED;
    }
    if (words.contains("file name too long") || words.contains("is a directory")) {
      return ErrorCode.INVALID_ARGUMENT;
    }
    return ErrorCode.UNAVAILABLE;
  }
}
