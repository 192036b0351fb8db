package io.mlserve.remote;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** Whom to trust: the authorities of the Java runtime, or only those of a PEM file. */
final class TlsTrust {
  private TlsTrust() {}

  /** {@code INVALID_ARGUMENT} if {@code caFile} holds no certificates. */
  static SSLContext context(Optional<Path> caFile) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, managers(caFile), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("TLS cannot be set up", e);
    }
  }

  static TrustManager[] managers(Optional<Path> caFile) throws GeneralSecurityException {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(caFile.isPresent() ? authorities(caFile.get()) : runtimeDefault());
    return factory.getTrustManagers();
  }

  private static @Nullable KeyStore runtimeDefault() {
    return null; // what TrustManagerFactory.init documents for it
  }

  private static KeyStore authorities(Path file) throws GeneralSecurityException {
    try (InputStream in = Files.newInputStream(file)) {
      Collection<? extends Certificate> certificates =
          CertificateFactory.getInstance("X.509").generateCertificates(in);
      if (certificates.isEmpty()) {
        throw new MlserveException(
            ErrorCode.INVALID_ARGUMENT, "CA file " + file + " is empty (expected: PEM)");
      }
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      int n = 0;
      for (Certificate certificate : certificates) {
        store.setCertificateEntry("ca" + n++, certificate);
      }
      return store;
    } catch (IOException | CertificateException e) {
      throw new MlserveException(
          ErrorCode.INVALID_ARGUMENT,
          "CA file " + file + " (expected: PEM certificates): " + e.getMessage(),
          e);
    }
  }
}
