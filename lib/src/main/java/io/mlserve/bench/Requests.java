package io.mlserve.bench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Requests as bytes, encoded before the first one is sent. Who asks for them releases them. */
final class Requests {
  private Requests() {}

  /** A predict request for each body, in their order. */
  static List<ByteBuf> predict(Target target, List<byte[]> bodies) {
    return bodies.stream().map(body -> predict(target, body)).toList();
  }

  static ByteBuf get(Target target, String path) {
    return encode(head(target, "GET " + path), new byte[0]);
  }

  private static ByteBuf predict(Target target, byte[] body) {
    String head =
        head(target, "POST " + target.predictPath())
            + "Content-Type: application/json\r\nContent-Length: "
            + body.length
            + "\r\n";
    return encode(head, body);
  }

  private static String head(Target target, String line) {
    return line
        + " HTTP/1.1\r\nHost: "
        + target.authority()
        + "\r\nUser-Agent: mlserve-bench\r\nAccept: application/json\r\n";
  }

  private static ByteBuf encode(String head, byte[] body) {
    byte[] start = (head + "\r\n").getBytes(StandardCharsets.ISO_8859_1);
    ByteBuf bytes = Unpooled.directBuffer(start.length + body.length);
    return bytes.writeBytes(start).writeBytes(body);
  }
}
