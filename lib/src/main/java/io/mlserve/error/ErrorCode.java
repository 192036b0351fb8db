package io.mlserve.error;

/**
 * The kinds of failure. The first thirteen are the canonical codes of gRPC and TensorFlow Serving
 * that apply to us, with their meaning there; the rest are ours and never reach a client of the
 * server.
 */
public enum ErrorCode {
  /** What was asked for is wrong, whatever the state of the system. */
  INVALID_ARGUMENT,
  /** It took longer than was allowed. */
  DEADLINE_EXCEEDED,
  /** It is not there: model, version, file, folder, host name in a catalogue. */
  NOT_FOUND,
  /** It is there already and must not be. */
  ALREADY_EXISTS,
  /** Known who asks, and that one may not. */
  PERMISSION_DENIED,
  /** Not known who asks. */
  UNAUTHENTICATED,
  /** A limit on bytes, entries, requests in flight or space is reached. */
  RESOURCE_EXHAUSTED,
  /** The system is not in a state in which this can be done. */
  FAILED_PRECONDITION,
  /** Something else happened at the same time; trying again may help. */
  ABORTED,
  /** A number lies outside its range. */
  OUT_OF_RANGE,
  /** Correct to ask, but not something this program does. */
  UNIMPLEMENTED,
  /** Temporary: the network, a server that restarts. Trying again may help. */
  UNAVAILABLE,
  /** Bytes are corrupt, truncated, unsafe, or not what their checksum says. */
  DATA_LOSS,
  /** Another process holds the lock. */
  LOCKED,
  /** A check was carried out and said no. */
  CHECK_FAILED,
  /** A check could not be decided with the data at hand. */
  INCONCLUSIVE,
  /** Some items of a command for several succeeded and some failed. */
  PARTIAL,
  /** Unexpected. A report is welcome. */
  INTERNAL;

  /** Whether the same call may succeed later without anybody changing anything. */
  public boolean isTemporary() {
    return switch (this) {
      case UNAVAILABLE, DEADLINE_EXCEEDED, ABORTED -> true;
      case INVALID_ARGUMENT,
          NOT_FOUND,
          ALREADY_EXISTS,
          PERMISSION_DENIED,
          UNAUTHENTICATED,
          RESOURCE_EXHAUSTED,
          FAILED_PRECONDITION,
          OUT_OF_RANGE,
          UNIMPLEMENTED,
          DATA_LOSS,
          LOCKED,
          CHECK_FAILED,
          INCONCLUSIVE,
          PARTIAL,
          INTERNAL ->
          false;
    };
  }
}
