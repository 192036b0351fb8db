package io.mlserve.remote;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import java.io.IOException;
import java.net.http.HttpHeaders;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/** What an HTTP status other than success means. */
final class HttpStatus {
  static final int OK = 200;
  static final int PARTIAL_CONTENT = 206;
  static final int FORBIDDEN = 403;
  static final int NOT_FOUND = 404;
  static final int GONE = 410;
  static final int RANGE_NOT_SATISFIABLE = 416;

  private HttpStatus() {}

  /** The failure that {@code status} means, with the server's advice when to come back. */
  static MlserveException failure(int status, HttpHeaders headers, String what, Instant now) {
    String message = what + " answers " + status;
    return switch (status) {
      case 401 -> new MlserveException(ErrorCode.UNAUTHENTICATED, message);
      case 407 ->
          new MlserveException(ErrorCode.UNAUTHENTICATED, message)
              .withHint("the proxy wants a user and password");
      case FORBIDDEN -> new MlserveException(ErrorCode.PERMISSION_DENIED, message);
      case NOT_FOUND, GONE -> new MlserveException(ErrorCode.NOT_FOUND, message);
      case 408, 425, 429 -> later(message, headers, now);
      case 501, 505 -> new MlserveException(ErrorCode.UNIMPLEMENTED, message);
      default ->
          status >= 500
              ? later(message, headers, now)
              : new MlserveException(ErrorCode.INVALID_ARGUMENT, message + " (expected: 200)");
    };
  }

  private static MlserveException later(String message, HttpHeaders headers, Instant now) {
    return new MlserveException(
        ErrorCode.UNAVAILABLE,
        message,
        headers
            .firstValue("Retry-After")
            .flatMap(value -> wait(value, now))
            .map(wait -> new RetryAfter(message, wait))
            .orElse(null));
  }

  private static Optional<Duration> wait(String value, Instant now) {
    try {
      if (value.chars().allMatch(c -> c >= '0' && c <= '9')) {
        return Optional.of(Duration.ofSeconds(Integer.parseInt(value)));
      }
      return date(value).map(date -> Duration.between(now, date)).filter(d -> !d.isNegative());
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  /** An HTTP date, or empty if {@code value} is none. */
  static Optional<Instant> date(String value) {
    try {
      return Optional.of(
          ZonedDateTime.parse(value.strip(), DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  /** The server's wish when to be asked again; {@link Retry} honours it. */
  static final class RetryAfter extends IOException {
    private static final long serialVersionUID = 1L;

    private final Duration wait;

    RetryAfter(String message, Duration wait) {
      super(message);
      this.wait = wait;
    }

    Duration delay() {
      return wait;
    }
  }
}
