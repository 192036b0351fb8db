package io.mlserve.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.List;

/**
 * Netty's decoder where it is strict, and stricter where two readings of one message are possible:
 * a length beside a transfer encoding is refused, not repaired (RFC 9112, section 6.1).
 */
final class StrictRequestDecoder extends HttpRequestDecoder {
  private static final int LONGEST_LINE = 8 << 10;
  private static final int CHUNK = 1 << 20; // a body that has arrived is handed on in one piece

  private boolean insideRequest;

  StrictRequestDecoder(HttpLimits limits) {
    super(
        new HttpDecoderConfig()
            .setMaxInitialLineLength(LONGEST_LINE)
            .setMaxHeaderSize(limits.maxHeaderBytes())
            .setMaxChunkSize(CHUNK)
            .setAllowDuplicateContentLengths(false)
            .setStrictLineParsing(true)
            .setUseRfc9112TransferEncoding(true)
            .setHeadersFactory(DefaultHttpHeadersFactory.headersFactory())
            .setTrailersFactory(new NoTrailers()));
  }

  /** Whether a request's first byte was read and its last one not yet. */
  boolean isInsideRequest() {
    return insideRequest;
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf buffer, List<Object> out)
      throws Exception {
    insideRequest |= buffer.isReadable();
    int before = out.size();
    super.decode(ctx, buffer, out);
    if (out.size() > before && out.get(out.size() - 1) instanceof LastHttpContent) {
      insideRequest = false;
    }
  }

  @Override
  protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
    throw new IllegalArgumentException("both transfer-encoding and content-length");
  }
}
