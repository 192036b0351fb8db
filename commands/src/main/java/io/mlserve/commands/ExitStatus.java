package io.mlserve.commands;

import io.mlserve.error.ErrorCode;

/**
 * The exit statuses of all commands. Statuses may be added; scripts treat an unknown one as a
 * failure. 3 is never assigned: the JVM exits with it when memory runs out.
 */
public final class ExitStatus {
  public static final int OK = 0;
  public static final int UNEXPECTED = 1;
  public static final int USAGE = 2;
  public static final int NOT_ALLOWED = 4;
  public static final int TRY_LATER = 5;
  public static final int NOT_FOUND = 6;
  public static final int BAD_DATA = 7;
  public static final int LIMIT = 8;
  public static final int NOTHING_CHANGED = 9;
  public static final int CHECK_SAID_NO = 10;
  public static final int LOCKED = 11;
  public static final int INCONCLUSIVE = 12;
  public static final int PARTIAL = 13;
  public static final int INTERRUPTED = 130;
  public static final int BROKEN_PIPE = 141;

  private ExitStatus() {}

  // No default branch: a new ErrorCode must not compile until it has an exit status.
  public static int of(ErrorCode code) {
    return switch (code) {
      case INVALID_ARGUMENT, OUT_OF_RANGE, ALREADY_EXISTS, FAILED_PRECONDITION, UNIMPLEMENTED ->
          USAGE;
      case UNAUTHENTICATED, PERMISSION_DENIED -> NOT_ALLOWED;
      case UNAVAILABLE, DEADLINE_EXCEEDED, ABORTED -> TRY_LATER;
      case NOT_FOUND -> NOT_FOUND;
      case DATA_LOSS -> BAD_DATA;
      case RESOURCE_EXHAUSTED -> LIMIT;
      case CHECK_FAILED -> CHECK_SAID_NO;
      case LOCKED -> LOCKED;
      case INCONCLUSIVE -> INCONCLUSIVE;
      case PARTIAL -> PARTIAL;
      case INTERNAL -> UNEXPECTED;
    };
  }
}
