package io.mlserve.grpc;

import io.grpc.Decompressor;
import java.io.InputStream;
import java.util.zip.InflaterInputStream;

/**
 * Reads messages that came with {@code grpc-encoding: deflate}, which gRPC's clients in C++ and
 * Python can choose and gRPC for Java leaves out. The bound on messages is one on what comes out.
 */
final class Deflate implements Decompressor {
  @Override
  public String getMessageEncoding() {
    return "deflate";
  }

  @Override
  public InputStream decompress(InputStream compressed) {
    return new InflaterInputStream(compressed);
  }
}
