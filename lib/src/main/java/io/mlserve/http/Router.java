package io.mlserve.http;

import java.util.List;

/** Gives each exchange to the first route that its path starts with. Knows what no route takes. */
public final class Router implements HttpHandler {
  /** All paths that start with {@code prefix}, compared without regard to case. */
  public record Route(String prefix, HttpHandler handler) {}

  private final List<Route> routes;

  public Router(List<Route> routes) {
    this.routes = List.copyOf(routes);
  }

  @Override
  public void handle(HttpExchange exchange) {
    String path = exchange.path();
    for (Route route : routes) {
      String prefix = route.prefix();
      if (path.regionMatches(true, 0, prefix, 0, prefix.length())) {
        route.handler().handle(exchange);
        return;
      }
    }
    exchange.respond(HttpReply.text(404, HttpReply.JSON, "{\"error\": \"Not found\"}\n"));
    exchange.finish();
  }
}
