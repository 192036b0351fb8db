package io.mlserve.error;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A failure that a user can cause or cure. The message is one line that carries the offending value
 * and what was expected; the hint says what to do about it. Neither ever holds a secret.
 */
public final class MlserveException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ErrorCode code;
  private final @Nullable String hint;

  public MlserveException(ErrorCode code, String message) {
    this(code, message, null, null);
  }

  public MlserveException(ErrorCode code, String message, @Nullable Throwable cause) {
    this(code, message, null, cause);
  }

  private MlserveException(
      ErrorCode code, String message, @Nullable String hint, @Nullable Throwable cause) {
    this(code, message, hint, cause, true);
  }

  private MlserveException(
      ErrorCode code,
      String message,
      @Nullable String hint,
      @Nullable Throwable cause,
      boolean traced) {
    super(message, cause, true, traced);
    this.code = code;
    this.hint = hint;
  }

  /**
   * A request is turned away because there are too many. Without a stack trace: that would cost
   * more than the rest, when there is least to spare, and where it comes from is known.
   */
  public static MlserveException refusal(String message) {
    return new MlserveException(ErrorCode.RESOURCE_EXHAUSTED, message, null, null, false);
  }

  /** The same failure with advice, one line, written as an imperative or a fact. */
  public MlserveException withHint(String hint) {
    return new MlserveException(code, message(), hint, getCause());
  }

  public ErrorCode code() {
    return code;
  }

  /** The message; unlike {@link #getMessage()} never null. */
  public String message() {
    String message = getMessage();
    return message == null ? code.name() : message;
  }

  public Optional<String> hint() {
    return Optional.ofNullable(hint);
  }
}
