package io.mlserve.server;

import io.mlserve.http.HttpExchange;
import io.mlserve.http.HttpHandler;
import io.mlserve.http.HttpReply;
import io.mlserve.serving.ModelRegistry;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Whether the process is alive, and whether every model can answer: 200 or 503, with JSON. */
final class HealthHandler {
  private final ModelRegistry models;
  private final BooleanSupplier draining;

  HealthHandler(ModelRegistry models, BooleanSupplier draining) {
    this.models = models;
    this.draining = draining;
  }

  HttpHandler live() {
    return exchange -> answer(exchange, 200, "{\"live\": true}\n");
  }

  HttpHandler ready() {
    return exchange -> {
      boolean ready = !draining.getAsBoolean() && models.isReady();
      answer(exchange, ready ? 200 : 503, "{\"ready\": " + ready + reason() + "}\n");
    };
  }

  // Names are letters and digits by their own rule, so they need no escaping.
  private String reason() {
    List<String> waiting = models.waiting().stream().map(name -> "\"" + name + "\"").toList();
    if (draining.getAsBoolean()) {
      return ", \"reason\": \"draining\"";
    }
    return waiting.isEmpty()
        ? ""
        : ", \"reason\": \"models without an available version\", \"models\": " + waiting;
  }

  private static void answer(HttpExchange exchange, int status, String body) {
    boolean get = exchange.method().equals("GET") || exchange.method().equals("HEAD");
    exchange.respond(
        get
            ? HttpReply.text(status, HttpReply.JSON, body)
            : HttpReply.text(405, HttpReply.JSON, "{\"error\": \"method not allowed\"}\n")
                .with("Allow", "GET, HEAD"));
    exchange.finish();
  }
}
