package io.mlserve.metrics;

import io.mlserve.error.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One way in which a request can be counted: how it came, how it named its version, what became of
 * it.
 *
 * @param code why it failed; empty for success
 */
record RequestKind(Protocol protocol, Selector selector, Optional<ErrorCode> code) {
  /** How many kinds there are of one protocol and selector; that of success comes first. */
  static final int CODES = ErrorCode.values().length + 1;

  /** All of them, by protocol, selector and code. */
  static final List<RequestKind> ALL = all();

  private static List<RequestKind> all() {
    List<RequestKind> all = new ArrayList<>();
    for (Protocol protocol : Protocol.values()) {
      for (Selector selector : Selector.values()) {
        all.add(new RequestKind(protocol, selector, Optional.empty()));
        for (ErrorCode code : ErrorCode.values()) {
          all.add(new RequestKind(protocol, selector, Optional.of(code)));
        }
      }
    }
    return List.copyOf(all);
  }

  @SuppressWarnings("EnumOrdinal") // the place in a table of this process, written down nowhere
  static int succeeded(Protocol protocol, Selector selector) {
    return (protocol.ordinal() * Selector.COUNT + selector.ordinal()) * CODES;
  }

  static int failed(Protocol protocol, Selector selector, ErrorCode code) {
    return succeeded(protocol, selector) + place(code);
  }

  /** The place among the kinds of one protocol and selector, of which 0 is that of success. */
  @SuppressWarnings("EnumOrdinal")
  static int place(ErrorCode code) {
    return 1 + code.ordinal();
  }

  /** The name of the code, or {@code OK}. */
  String result() {
    return code.map(ErrorCode::name).orElse(ServingMetrics.OK);
  }

  /** Who is to look into it. */
  String outcome() {
    return code.map(RequestKind::outcome).orElse("ok");
  }

  private static String outcome(ErrorCode code) {
    return switch (code) {
      case RESOURCE_EXHAUSTED -> "shed";
      case DEADLINE_EXCEEDED -> "deadline";
      case ABORTED -> "cancelled";
      case INVALID_ARGUMENT,
          NOT_FOUND,
          ALREADY_EXISTS,
          PERMISSION_DENIED,
          UNAUTHENTICATED,
          FAILED_PRECONDITION,
          OUT_OF_RANGE ->
          "client_error";
      case UNIMPLEMENTED,
          UNAVAILABLE,
          DATA_LOSS,
          LOCKED,
          CHECK_FAILED,
          INCONCLUSIVE,
          PARTIAL,
          INTERNAL ->
          "server_error";
    };
  }
}
