package io.mlserve.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * An answer. Its body is given away with it: whoever sends it releases it.
 *
 * @param headers beyond those that the engine writes (length, type, connection)
 */
public record HttpReply(
    int status, String contentType, ByteBuf body, List<Map.Entry<String, String>> headers) {
  public static final String JSON = "application/json";
  public static final String TEXT = "text/plain; charset=utf-8";

  public HttpReply(int status, String contentType, ByteBuf body) {
    this(status, contentType, body, List.of());
  }

  public static HttpReply text(int status, String contentType, String body) {
    return new HttpReply(
        status, contentType, Unpooled.wrappedBuffer(body.getBytes(StandardCharsets.UTF_8)));
  }

  public HttpReply with(String header, String value) {
    List<Map.Entry<String, String>> more = new java.util.ArrayList<>(headers);
    more.add(Map.entry(header, value));
    return new HttpReply(status, contentType, body, List.copyOf(more));
  }
}
