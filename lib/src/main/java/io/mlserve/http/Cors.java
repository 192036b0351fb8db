package io.mlserve.http;

/**
 * Lets web pages of every origin use what is inside: answers what a browser asks before it sends,
 * and marks each answer as meant for pages too.
 */
public final class Cors implements HttpHandler {
  private final HttpHandler inside;

  public Cors(HttpHandler inside) {
    this.inside = inside;
  }

  @Override
  public void handle(HttpExchange exchange) {
    exchange.answerWith("Access-Control-Allow-Origin", "*");
    exchange.answerWith(
        "Access-Control-Expose-Headers", "Inference-Header-Content-Length, X-Model-Version");
    if (exchange.method().equals("OPTIONS") && exchange.header("origin") != null) {
      exchange.answerWith("Access-Control-Allow-Methods", "POST, GET");
      exchange.answerWith(
          "Access-Control-Allow-Headers", "Content-Type, Inference-Header-Content-Length");
      exchange.answerWith("Access-Control-Max-Age", "600");
      exchange.respond(HttpReply.text(200, HttpReply.JSON, ""));
      exchange.finish();
    } else {
      inside.handle(exchange);
    }
  }
}
