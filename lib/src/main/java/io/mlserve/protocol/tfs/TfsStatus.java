package io.mlserve.protocol.tfs;

import io.mlserve.error.ErrorCode;

/** Error codes as TensorFlow Serving's REST front end shows them. */
final class TfsStatus {
  private TfsStatus() {}

  /** The HTTP status for a failure. */
  static int of(ErrorCode code) {
    return switch (code) {
      case INVALID_ARGUMENT, FAILED_PRECONDITION, OUT_OF_RANGE -> 400;
      case UNAUTHENTICATED -> 401;
      case PERMISSION_DENIED -> 403;
      case NOT_FOUND -> 404;
      case ALREADY_EXISTS, ABORTED -> 409;
      case RESOURCE_EXHAUSTED -> 429;
      case INTERNAL, DATA_LOSS -> 500;
      case UNIMPLEMENTED -> 501;
      case UNAVAILABLE -> 503;
      case DEADLINE_EXCEEDED -> 504;
      case LOCKED, CHECK_FAILED, INCONCLUSIVE, PARTIAL -> 500; // of commands, never of requests
    };
  }

  /** The canonical name for a failure in a status answer. */
  static String name(ErrorCode code) {
    return switch (code) {
      case INVALID_ARGUMENT,
          FAILED_PRECONDITION,
          OUT_OF_RANGE,
          UNAUTHENTICATED,
          PERMISSION_DENIED,
          NOT_FOUND,
          ALREADY_EXISTS,
          ABORTED,
          RESOURCE_EXHAUSTED,
          INTERNAL,
          DATA_LOSS,
          UNIMPLEMENTED,
          UNAVAILABLE,
          DEADLINE_EXCEEDED ->
          code.name();
      case LOCKED, CHECK_FAILED, INCONCLUSIVE, PARTIAL -> "UNKNOWN";
    };
  }
}
