package io.mlserve.grpc;

import io.grpc.ServerCredentials;
import io.grpc.TlsServerCredentials;
import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where the certificate of a server lies, all in PEM.
 *
 * @param certificate the server's, followed by those between it and its authority
 * @param key of the certificate, PKCS 8, not encrypted
 * @param clientAuthority whose clients alone are let in; without it everybody is
 */
public record TlsFiles(Path certificate, Path key, Optional<Path> clientAuthority) {
  ServerCredentials read() {
    require(certificate);
    require(key);
    try {
      TlsServerCredentials.Builder builder =
          TlsServerCredentials.newBuilder().keyManager(certificate.toFile(), key.toFile());
      if (clientAuthority.isPresent()) {
        require(clientAuthority.get());
        builder
            .trustManager(clientAuthority.get().toFile())
            .clientAuth(TlsServerCredentials.ClientAuth.REQUIRE);
      }
      return builder.build();
    } catch (IOException e) {
      throw unusable(e);
    }
  }

  private static void require(Path file) {
    if (!Files.isReadable(file)) {
      throw new MlserveException(
          ErrorCode.NOT_FOUND, "cannot read " + file + " (expected: a PEM file)");
    }
  }

  MlserveException unusable(Exception cause) {
    return new MlserveException(
            ErrorCode.INVALID_ARGUMENT,
            "certificate " + certificate + " and key " + key + " cannot be used for TLS",
            cause)
        .withHint("the key has to be in PKCS 8: BEGIN PRIVATE KEY");
  }
}
