package io.mlserve.tls;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
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
  /** {@code NOT_FOUND} unless all of them can be read. */
  public void requireReadable() {
    require(certificate);
    require(key);
    clientAuthority.ifPresent(TlsFiles::require);
  }

  private static void require(Path file) {
    if (!Files.isReadable(file)) {
      throw new MlserveException(
          ErrorCode.NOT_FOUND, "cannot read " + file + " (expected: a PEM file)");
    }
  }

  /** What to say when a library does not take them. */
  public MlserveException unusable(Exception cause) {
    return new MlserveException(
            ErrorCode.INVALID_ARGUMENT,
            "certificate " + certificate + " and key " + key + " cannot be used for TLS",
            cause)
        .withHint("the key has to be in PKCS 8: BEGIN PRIVATE KEY");
  }
}
