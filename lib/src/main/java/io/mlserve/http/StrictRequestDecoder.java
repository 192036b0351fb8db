package io.mlserve.http;

import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpRequestDecoder;

/**
 * Netty's decoder where it is strict, and stricter where two readings of one message are possible:
 * a length beside a transfer encoding is refused, not repaired (RFC 9112, section 6.1).
 */
final class StrictRequestDecoder extends HttpRequestDecoder {
  private static final int LONGEST_LINE = 8 << 10;
  private static final int CHUNK = 1 << 20; // a body that has arrived is handed on in one piece

  StrictRequestDecoder(HttpLimits limits) {
    super(
        new HttpDecoderConfig()
            .setMaxInitialLineLength(LONGEST_LINE)
            .setMaxHeaderSize(limits.maxHeaderBytes())
            .setMaxChunkSize(CHUNK)
            .setAllowDuplicateContentLengths(false)
            .setStrictLineParsing(true)
            .setUseRfc9112TransferEncoding(true)
            .setValidateHeaders(true));
  }

  @Override
  protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
    throw new IllegalArgumentException("both transfer-encoding and content-length");
  }
}
