package io.mlserve.archive;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import org.jspecify.annotations.Nullable;

/** The four ways in which an archive is turned away. {@link Unpacker} adds which archive it was. */
final class Refusal {
  private Refusal() {}

  /** A member that could do harm; {@code reason} continues the sentence "member 'x' ...". */
  static MlserveException unsafe(String name, String reason) {
    return new MlserveException(
        ErrorCode.DATA_LOSS, "member " + SafeText.quote(name) + " " + reason);
  }

  /** Bytes that are not what their format or their checksum says. */
  static MlserveException damaged(String reason) {
    return damaged(reason, null);
  }

  static MlserveException damaged(String reason, @Nullable Throwable cause) {
    return new MlserveException(ErrorCode.DATA_LOSS, "damaged: " + reason, cause);
  }

  /** Recognised, perhaps harmless, but not something this package reads. */
  static MlserveException unsupported(String what) {
    return new MlserveException(ErrorCode.DATA_LOSS, "unsupported: " + what);
  }

  static MlserveException limit(String what) {
    return new MlserveException(ErrorCode.RESOURCE_EXHAUSTED, what)
        .withHint("raise this limit if you trust where the archive comes from");
  }
}
