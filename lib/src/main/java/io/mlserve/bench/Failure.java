package io.mlserve.bench;

/**
 * Why a request failed.
 *
 * @param status the HTTP status when that is why, else 0
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
    /** An answer with a status other than 200. */
    STATUS("http"),
    /** An answer that is not HTTP, too long, or not the JSON that it should be. */
    MALFORMED("malformed"),
    /** A proper answer, but none of those that are right. */
    WRONG_ANSWER("wrong-answer");

    private final String label;

    Kind(String label) {
      this.label = label;
    }
  }

  /** By this failures are counted: {@code timeout}, {@code http-503}. */
  public String label() {
    return kind == Kind.STATUS ? kind.label + "-" + status : kind.label;
  }

  static Failure of(Kind kind, String detail) {
    return new Failure(kind, 0, detail);
  }

  static Failure status(int status, String detail) {
    return new Failure(Kind.STATUS, status, detail);
  }
}
