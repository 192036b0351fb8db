package io.mlserve.bench;

import io.grpc.netty.GrpcSslContexts;
import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

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

  /** What is wrong with the server's certificate, if that is why there is no connection. */
  static Optional<String> distrust(@Nullable Throwable failure) {
    Optional<String> why = Optional.empty();
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof CertificateException || cause instanceof CertPathBuilderException) {
        why = Optional.of("the server's certificate is not trusted: " + cause.getMessage());
      }
    }
    return why; // the innermost says it without names of classes
  }

  private static void require(Path file) {
    if (!Files.isReadable(file)) {
      throw new MlserveException(
          ErrorCode.NOT_FOUND, "cannot read " + file + " (expected: a PEM file)");
    }
  }
}
