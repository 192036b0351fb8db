package io.mlserve.http;

import io.mlserve.transport.EventLoops;
import io.netty.buffer.Unpooled;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Engines on free loopback ports, and handlers for them. */
final class EngineFixture {
  static final Duration LONG = Duration.ofSeconds(20);
  static final HttpLimits LIMITS = new HttpLimits(1000, 2048, LONG, LONG, LONG, 100);

  /** For the engines of all tests; they end with the process. */
  static final EventLoops LOOPS = EventLoops.open("http-test", 2);

  private EngineFixture() {}

  static HttpEngine open(HttpLimits limits, HttpHandler handler) {
    return HttpEngine.open(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), LOOPS, limits, handler);
  }

  /** Answers with the method, the path and the body. */
  static void echo(HttpExchange exchange) {
    exchange.respond(HttpReply.text(200, HttpReply.TEXT, shown(exchange)));
    exchange.finish();
  }

  static String shown(HttpExchange exchange) {
    return exchange.method()
        + " "
        + exchange.path()
        + " "
        + exchange.body().toString(StandardCharsets.UTF_8);
  }

  /** Answers every request with {@code size} bytes. */
  static HttpHandler sending(int size) {
    return exchange -> {
      exchange.respond(new HttpReply(200, HttpReply.TEXT, Unpooled.wrappedBuffer(new byte[size])));
      exchange.finish();
    };
  }

  static HttpLimits timeouts(Duration header, Duration body, Duration idle) {
    return new HttpLimits(64 << 20, 2048, header, body, idle, 100);
  }
}
