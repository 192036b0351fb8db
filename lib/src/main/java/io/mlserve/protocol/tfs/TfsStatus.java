package io.mlserve.protocol.tfs;

import io.mlserve.error.ErrorCode;

/** Error codes as TensorFlow Serving's status answers show them. */
final class TfsStatus {
  private TfsStatus() {}

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
