package io.mlserve.protocol.oip;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.http.HttpExchange;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.zip.GZIPInputStream;
import java.util.zip.InflaterInputStream;
import java.util.zip.ZipException;

/**
 * The body of a request, uncompressed: JSON, and behind it the tensors that come as bytes, one
 * after another. For one request, on one thread.
 */
final class OipRestBody implements AutoCloseable {
  static final String JSON_LENGTH = "Inference-Header-Content-Length";

  private static final int PIECE = 64 << 10;

  private final ByteBuf bytes;
  private final boolean owned;
  private final int jsonLength;
  private int taken; // up to where

  private OipRestBody(ByteBuf bytes, boolean owned, int jsonLength) {
    this.bytes = bytes;
    this.owned = owned;
    this.jsonLength = jsonLength;
    this.taken = jsonLength;
  }

  /**
   * {@code INVALID_ARGUMENT} if the body is not compressed as its headers say, is larger than
   * {@code limit} bytes once it is not, or is shorter than its JSON is said to be.
   */
  static OipRestBody open(HttpExchange exchange, long limit) throws IOException {
    String encoding = exchange.header("content-encoding");
    if (encoding == null || encoding.equalsIgnoreCase("identity")) {
      return of(exchange.body().slice(), false, exchange);
    }
    ByteBuf bytes = uncompressed(exchange.body(), encoding, limit);
    try {
      return of(bytes, true, exchange);
    } catch (MlserveException e) {
      bytes.release();
      throw e;
    }
  }

  private static OipRestBody of(ByteBuf bytes, boolean owned, HttpExchange exchange) {
    int length = jsonLength(exchange).orElse(bytes.readableBytes());
    if (length > bytes.readableBytes()) {
      throw invalid(
          JSON_LENGTH + " " + length + ", but the body has " + bytes.readableBytes() + " bytes");
    }
    return new OipRestBody(bytes, owned, length);
  }

  private static OptionalInt jsonLength(HttpExchange exchange) {
    String text = exchange.header(JSON_LENGTH);
    if (text == null) {
      return OptionalInt.empty();
    }
    try {
      int length = Integer.parseInt(text);
      if (length >= 0 && Character.isDigit(text.charAt(0))) {
        return OptionalInt.of(length);
      }
    } catch (NumberFormatException e) {
      throw invalid(JSON_LENGTH + " '" + text + "' (expected: a number of bytes)");
    }
    throw invalid(JSON_LENGTH + " '" + text + "' (expected: a number of bytes)");
  }

  private static ByteBuf uncompressed(ByteBuf body, String encoding, long limit)
      throws IOException {
    ByteBuf bytes = ByteBufAllocator.DEFAULT.buffer(4 * Math.max(64, body.readableBytes()));
    boolean whole = false;
    try (InputStream in = stream(body, encoding)) {
      while (bytes.writeBytes(in, PIECE) >= 0) {
        if (bytes.readableBytes() > limit) {
          throw invalid("uncompressed body is larger than " + limit + " bytes");
        }
      }
      whole = true;
      return bytes;
    } catch (ZipException | EOFException e) {
      throw new MlserveException(
          ErrorCode.INVALID_ARGUMENT, "body is no whole " + encoding + " data", e);
    } finally {
      if (!whole) {
        bytes.release();
      }
    }
  }

  private static InputStream stream(ByteBuf body, String encoding) throws IOException {
    InputStream raw = new ByteBufInputStream(body.slice());
    return switch (encoding.toLowerCase(Locale.ROOT)) {
      case "gzip" -> new GZIPInputStream(raw);
      case "deflate" -> new InflaterInputStream(raw);
      default ->
          throw invalid("content-encoding '" + encoding + "' (expected: gzip, deflate or none)");
    };
  }

  private static MlserveException invalid(String what) {
    return new MlserveException(ErrorCode.INVALID_ARGUMENT, what);
  }

  /** Whether all of it is the one input of the model: its JSON is said to have no bytes. */
  boolean isRaw(HttpExchange exchange) {
    return jsonLength == 0 && exchange.header(JSON_LENGTH) != null;
  }

  /** The JSON. A view. */
  ByteBuf json() {
    return bytes.slice(bytes.readerIndex(), jsonLength);
  }

  /** How many bytes nobody has taken. */
  int left() {
    return bytes.readableBytes() - taken;
  }

  /** The next {@code size} bytes, of which there must be as many. A view. */
  ByteBuf take(int size) {
    ByteBuf blob = bytes.slice(bytes.readerIndex() + taken, size);
    taken += size;
    return blob;
  }

  @Override
  public void close() {
    if (owned) {
      bytes.release();
    }
  }
}
