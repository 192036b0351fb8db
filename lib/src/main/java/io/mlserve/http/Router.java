package io.mlserve.http;

import java.util.List;

/** Gives each exchange to the first route that takes its path. Knows what no route takes. */
public final class Router implements HttpHandler {
  /**
   * The path {@code path} alone or, if it ends in a slash, all paths that start with it; compared
   * without regard to case.
   */
  public record Route(String path, HttpHandler handler) {
    boolean takes(String asked) {
      boolean whole = path.endsWith("/") || asked.length() == path.length();
      return whole && asked.regionMatches(true, 0, path, 0, path.length());
    }
  }

  private final List<Route> routes;

  public Router(List<Route> routes) {
    this.routes = List.copyOf(routes);
  }

  @Override
  public void handle(HttpExchange exchange) {
    String path = exchange.path();
    for (Route route : routes) {
      if (route.takes(path)) {
        route.handler().handle(exchange);
        return;
      }
    }
    exchange.respond(HttpReply.text(404, HttpReply.JSON, "{\"error\": \"Not found\"}\n"));
    exchange.finish();
  }
}
