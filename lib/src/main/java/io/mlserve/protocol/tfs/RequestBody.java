package io.mlserve.protocol.tfs;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.http.HttpExchange;
import io.mlserve.protocol.json.RequestJson;
import io.netty.buffer.ByteBufInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.zip.GZIPInputStream;

/** The body of a request as it was before it was compressed. */
final class RequestBody {
  private RequestBody() {}

  /** The JSON of {@code exchange}, at most {@code limit} bytes, whatever the compression hides. */
  static RequestJson open(HttpExchange exchange, long limit) throws IOException {
    String encoding = exchange.header("content-encoding");
    if (encoding == null || encoding.equalsIgnoreCase("identity")) {
      return TfsJson.request(exchange.body());
    }
    if (!encoding.toLowerCase(Locale.ROOT).equals("gzip")) {
      throw new MlserveException(
          ErrorCode.INVALID_ARGUMENT,
          "content-encoding '" + encoding + "' (expected: gzip, or none)");
    }
    try {
      InputStream raw = new ByteBufInputStream(exchange.body().duplicate());
      return TfsJson.request(new Limited(new GZIPInputStream(raw), limit));
    } catch (IOException e) {
      throw new MlserveException(ErrorCode.INVALID_ARGUMENT, "body is no gzip data", e);
    }
  }

  /** Refuses to read on beyond a limit. */
  private static final class Limited extends FilterInputStream {
    private final long limit;
    private long count;

    Limited(InputStream in, long limit) {
      super(in);
      this.limit = limit;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      int read;
      try {
        read = super.read(into, offset, length);
      } catch (IOException e) {
        throw new MlserveException(ErrorCode.INVALID_ARGUMENT, "body is no whole gzip data", e);
      }
      count(Math.max(read, 0));
      return read;
    }

    private void count(int read) {
      count += read;
      if (count > limit) {
        throw new MlserveException(
            ErrorCode.INVALID_ARGUMENT, "uncompressed body is larger than " + limit + " bytes");
      }
    }
  }
}
