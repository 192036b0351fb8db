package io.mlserve.commands;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** An HTTP server on a socket that answers what a test says, and remembers what it was asked. */
final class FakeServer implements AutoCloseable {
  private final HttpServer server;
  private final List<Asked> asked = new CopyOnWriteArrayList<>();

  /** A request that came. */
  record Asked(String method, String path, String authorization, String body) {}

  /** An answer. */
  record Reply(int status, String type, String body) {
    static Reply metrics(String text) {
      return new Reply(200, "text/plain; version=0.0.4", text);
    }

    static Reply json(int status, String text) {
      return new Reply(status, "application/json", text);
    }
  }

  /** What a command came to. */
  record Run(int status, String out, String err) {}

  FakeServer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  List<Asked> asked() {
    return asked;
  }

  /** Answers everything below a path. */
  void on(String path, Function<Asked, Reply> answer) {
    server.createContext(
        path,
        exchange -> {
          String token = exchange.getRequestHeaders().getFirst("Authorization");
          Asked request =
              new Asked(
                  exchange.getRequestMethod(),
                  exchange.getRequestURI().toString(),
                  token == null ? "" : token,
                  new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
          asked.add(request);
          Reply reply = answer.apply(request);
          byte[] bytes = reply.body().getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().set("Content-Type", reply.type());
          exchange.sendResponseHeaders(reply.status(), bytes.length == 0 ? -1 : bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
  }

  static Run run(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int status =
        CommandLines.create(new PrintWriter(out, true), new PrintWriter(err, true))
            .execute(arguments);
    return new Run(status, out.toString(), err.toString());
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
