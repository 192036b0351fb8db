package io.mlserve.bench;

import io.grpc.Status;
import java.util.Locale;

/**
 * Why a request failed.
 *
 * @param status the status of HTTP or gRPC when that is why, else 0
 * @param detail one line for people, never relied on
 */
public record Failure(Kind kind, int status, String detail) {
  /** The kinds of failure, which reports keep apart. */
  public enum Kind {
    /** No connection could be made. */
    CONNECT("connect"),
    /** The connection ended before the answer did. */
    CLOSED("closed"),
    /** No answer in time. */
    TIMEOUT("timeout"),
    /** An answer with a status outside 200 to 299. */
    STATUS("http"),
    /** A gRPC status other than OK. */
    GRPC("grpc"),
    /** The model in this process did not run. */
    RUN("run"),
    /** Never sent: too many others were under way or overdue. */
    OVERLOAD("overload"),
    /** An answer that is not HTTP, too long, or not the JSON that it should be. */
    MALFORMED("malformed"),
    /** A proper answer, but none of those that are right. */
    WRONG_ANSWER("wrong-answer");

    private final String label;

    Kind(String label) {
      this.label = label;
    }
  }

  /** By this failures are counted: {@code timeout}, {@code http-503}, {@code grpc-unavailable}. */
  public String label() {
    return switch (kind) {
      case STATUS -> kind.label + "-" + status;
      case GRPC -> kind.label + "-" + grpcName();
      case CONNECT, CLOSED, TIMEOUT, RUN, OVERLOAD, MALFORMED, WRONG_ANSWER -> kind.label;
    };
  }

  static Failure of(Kind kind, String detail) {
    return new Failure(kind, 0, detail);
  }

  static Failure status(int status, String detail) {
    return new Failure(Kind.STATUS, status, detail);
  }

  static Failure grpc(Status status) {
    String description = status.getDescription();
    return new Failure(
        Kind.GRPC, status.getCode().value(), description == null ? "no details" : description);
  }

  private String grpcName() {
    return Status.fromCodeValue(status).getCode().name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
