package io.mlserve.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.List;
import java.util.Map;

/** An answer as the bytes of HTTP/1.1, in one buffer. */
final class ResponseBytes {
  private static final int HEAD_ROOM = 192;
  private static final int COPY_LIMIT = 256 << 10; // above this a second buffer is cheaper

  /** What becomes of the connection after an answer. */
  enum Ending {
    KEEP_ALIVE("keep-alive"),
    CLOSE("close");

    private final String header;

    Ending(String header) {
      this.header = header;
    }
  }

  private ResponseBytes() {}

  /**
   * The reply's body is taken over. A bodiless answer (to HEAD) still says how long it would be.
   */
  static ByteBuf of(ByteBufAllocator memory, HttpReply reply, Ending ending, boolean bodiless) {
    ByteBuf body = reply.body();
    int length = body.readableBytes();
    boolean copied = bodiless || length <= COPY_LIMIT;
    ByteBuf bytes = memory.ioBuffer(HEAD_ROOM + (copied && !bodiless ? length : 0));
    ascii(bytes, "HTTP/1.1 ");
    ascii(bytes, reply.status() == 200 ? "200 OK" : named(reply.status()));
    ascii(bytes, "\r\ncontent-length: ");
    number(bytes, length);
    if (length > 0) {
      ascii(bytes, "\r\ncontent-type: ");
      ascii(bytes, reply.contentType());
    }
    List<Map.Entry<String, String>> headers = reply.headers();
    for (int i = 0; i < headers.size(); i++) {
      Map.Entry<String, String> header = headers.get(i);
      ascii(bytes, "\r\n");
      ascii(bytes, header.getKey());
      ascii(bytes, ": ");
      ascii(bytes, header.getValue());
    }
    // Clients of HTTP/1.0 must be told that the connection stays; it does the others no harm.
    ascii(bytes, "\r\nconnection: ");
    ascii(bytes, ending.header);
    ascii(bytes, "\r\n\r\n");
    if (copied) {
      if (!bodiless) {
        bytes.writeBytes(body);
      }
      body.release();
      return bytes;
    }
    return memory.compositeBuffer(2).addComponent(true, bytes).addComponent(true, body);
  }

  private static String named(int status) {
    return HttpResponseStatus.valueOf(status).toString();
  }

  private static void number(ByteBuf bytes, int number) {
    if (number >= 10) {
      number(bytes, number / 10);
    }
    bytes.writeByte('0' + number % 10);
  }

  private static void ascii(ByteBuf bytes, String text) {
    ByteBufUtil.writeAscii(bytes, text);
  }
}
