package io.mlserve.store;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.ReadOnlyFileSystemException;
import java.util.Locale;
import java.util.Objects;

/** Says what an {@code IOException} of the local disk means to a user. */
public final class DiskFailure {
  private DiskFailure() {}

  /** {@code what} is the start of a sentence: "cannot install version 3 of m". */
  public static MlserveException of(String what, IOException e) {
    String reason = reason(e);
    return new MlserveException(code(e, reason), what + ": " + reason, e);
  }

  private static String reason(IOException e) {
    String text = Objects.requireNonNullElse(e.getMessage(), e.getClass().getSimpleName());
    return e instanceof FileSystemException file && file.getReason() == null
        ? e.getClass().getSimpleName().replace("Exception", "") + ": " + text
        : text;
  }

  private static ErrorCode code(IOException e, String reason) {
    if (e instanceof AccessDeniedException) {
      return ErrorCode.PERMISSION_DENIED;
    }
    String lower = reason.toLowerCase(Locale.ROOT);
    if (lower.contains("no space left") || lower.contains("quota exceeded")) {
      return ErrorCode.RESOURCE_EXHAUSTED;
    }
    return lower.contains("read-only file system")
            || e.getCause() instanceof ReadOnlyFileSystemException
        ? ErrorCode.PERMISSION_DENIED
        : ErrorCode.UNAVAILABLE;
  }
}
