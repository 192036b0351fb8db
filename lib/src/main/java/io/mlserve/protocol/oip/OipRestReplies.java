package io.mlserve.protocol.oip;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.http.HttpExchange;
import io.mlserve.http.HttpReply;

/** Answers without a tensor, failures above all: {@code {"error": "..."}} and a status. */
final class OipRestReplies {
  private OipRestReplies() {}

  static void ok(HttpExchange exchange, OipJson.Content content) {
    exchange.respond(new HttpReply(200, HttpReply.JSON, OipJson.write(content)));
  }

  /** An answer that will be another one soon. */
  static void notYet(HttpExchange exchange, OipJson.Content content) {
    exchange.respond(
        new HttpReply(503, HttpReply.JSON, OipJson.write(content)).with("Retry-After", "1"));
  }

  static boolean failure(HttpExchange exchange, MlserveException failure) {
    HttpReply reply =
        new HttpReply(status(failure.code()), HttpReply.JSON, OipJson.error(failure.message()));
    boolean again =
        failure.code() == ErrorCode.RESOURCE_EXHAUSTED || failure.code() == ErrorCode.UNAVAILABLE;
    return exchange.respond(again ? reply.with("Retry-After", "1") : reply);
  }

  static void unknownPath(HttpExchange exchange) {
    exchange.respond(new HttpReply(404, HttpReply.JSON, OipJson.error("Not Found")));
  }

  static void wrongMethod(HttpExchange exchange, String allowed) {
    exchange.respond(
        new HttpReply(405, HttpReply.JSON, OipJson.error("Method Not Allowed"))
            .with("Allow", allowed));
  }

  private static int status(ErrorCode code) {
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
