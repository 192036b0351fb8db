package io.mlserve.http;

import io.mlserve.error.ErrorCode;

/** Error codes as HTTP statuses, the way gRPC's and TensorFlow Serving's gateways map them. */
public final class ErrorStatus {
  private ErrorStatus() {}

  /** The status for a failure. */
  public static int of(ErrorCode code) {
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
}
