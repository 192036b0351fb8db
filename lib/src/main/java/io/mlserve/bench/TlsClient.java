package io.mlserve.bench;

import io.grpc.netty.GrpcSslContexts;
import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.net.ssl.SSLException;

/** TLS as a client speaks it. */
final class TlsClient {
  private TlsClient() {}

  static SslContext forHttp(Access access) {
    return build(access, SslContextBuilder.forClient());
  }

  static SslContext forGrpc(Access access) {
    return build(access, GrpcSslContexts.configure(SslContextBuilder.forClient()));
  }

  private static SslContext build(Access access, SslContextBuilder builder) {
    access.authorities().ifPresent(TlsClient::require);
    access.certificate().ifPresent(TlsClient::require);
    access.key().ifPresent(TlsClient::require);
    try {
      access.authorities().ifPresent(file -> builder.trustManager(file.toFile()));
      if (access.certificate().isPresent() && access.key().isPresent()) {
        builder.keyManager(access.certificate().get().toFile(), access.key().get().toFile());
      }
      return builder.build();
    } catch (SSLException | IllegalArgumentException e) {
      throw new MlserveException(
          ErrorCode.INVALID_ARGUMENT,
          "the certificates cannot be used for TLS (expected: PEM files, the key in PKCS 8)",
          e);
    }
  }

  private static void require(Path file) {
    if (!Files.isReadable(file)) {
      throw new MlserveException(
          ErrorCode.NOT_FOUND, "cannot read " + file + " (expected: a PEM file)");
    }
  }
}
