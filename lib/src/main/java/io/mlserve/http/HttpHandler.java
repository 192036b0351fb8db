package io.mlserve.http;

/** Answers requests. */
@FunctionalInterface
public interface HttpHandler {
  /**
   * Answers {@code exchange}, now or later, from any thread. Called on an event loop: whatever
   * takes longer than a few microseconds is handed to another thread.
   */
  void handle(HttpExchange exchange);
}
