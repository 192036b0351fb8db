package io.mlserve.http;

/** Answers requests. */
@FunctionalInterface
public interface HttpHandler {
  /**
   * Answers {@code exchange}, now or later, from any thread. Called on an event loop: whatever
   * takes longer than a few microseconds is handed to another thread. What it throws is answered
   * with 500; after handing the exchange on it must not throw.
   */
  void handle(HttpExchange exchange);
}
