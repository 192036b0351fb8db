package io.mlserve.grpc;

import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;

/** Failures as gRPC shows them. */
public final class GrpcStatus {
  /** When to try again, in milliseconds: what gRPC's own retries read. */
  public static final Metadata.Key<String> PUSHBACK =
      Metadata.Key.of("grpc-retry-pushback-ms", Metadata.ASCII_STRING_MARSHALLER);

  /** When to try again, in seconds, as in HTTP. */
  public static final Metadata.Key<String> RETRY_AFTER =
      Metadata.Key.of("retry-after", Metadata.ASCII_STRING_MARSHALLER);

  private static final int MOST_CHARS = 1024; // clients take no more than 8 KiB of metadata in all

  private GrpcStatus() {}

  /** The status of a failure, with its message. */
  public static Status of(MlserveException failure) {
    return of(failure.code()).withDescription(oneLine(failure.message()));
  }

  /** What a call that fails so is closed with. */
  public static StatusRuntimeException exception(MlserveException failure) {
    return of(failure).asRuntimeException(trailers(failure.code()));
  }

  /** The canonical status of a kind of failure. */
  public static Status of(ErrorCode code) {
    return switch (code) {
      case INVALID_ARGUMENT -> Status.INVALID_ARGUMENT;
      case DEADLINE_EXCEEDED -> Status.DEADLINE_EXCEEDED;
      case NOT_FOUND -> Status.NOT_FOUND;
      case ALREADY_EXISTS -> Status.ALREADY_EXISTS;
      case PERMISSION_DENIED -> Status.PERMISSION_DENIED;
      case UNAUTHENTICATED -> Status.UNAUTHENTICATED;
      case RESOURCE_EXHAUSTED -> Status.RESOURCE_EXHAUSTED;
      case FAILED_PRECONDITION -> Status.FAILED_PRECONDITION;
      case ABORTED -> Status.ABORTED;
      case OUT_OF_RANGE -> Status.OUT_OF_RANGE;
      case UNIMPLEMENTED -> Status.UNIMPLEMENTED;
      case UNAVAILABLE -> Status.UNAVAILABLE;
      case DATA_LOSS -> Status.DATA_LOSS;
      case INTERNAL -> Status.INTERNAL;
      case LOCKED, CHECK_FAILED, INCONCLUSIVE, PARTIAL -> Status.UNKNOWN; // never of requests
    };
  }

  static Metadata trailers(ErrorCode code) {
    Metadata trailers = new Metadata();
    if (code == ErrorCode.RESOURCE_EXHAUSTED) {
      trailers.put(PUSHBACK, "1000");
      trailers.put(RETRY_AFTER, "1");
    }
    return trailers;
  }

  private static String oneLine(String message) {
    String line = message.replaceAll("\\s+", " ");
    return line.length() <= MOST_CHARS ? line : line.substring(0, MOST_CHARS) + "...";
  }
}
