package io.mlserve.remote;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.security.cert.CertificateException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;

/** Says what an {@code IOException} of a source means. */
final class Failures {
  private Failures() {}

  /** The failure of reading {@code what}, which is safe to show. */
  static MlserveException of(IOException failure, String what) {
    if (failure instanceof ClosedByInterruptException
        || (failure instanceof InterruptedIOException
            && !(failure instanceof SocketTimeoutException))) {
      return new MlserveException(ErrorCode.ABORTED, "interrupted at " + what, failure);
    }
    if (has(failure, SocketTimeoutException.class) || has(failure, HttpTimeoutException.class)) {
      return new MlserveException(
          ErrorCode.DEADLINE_EXCEEDED, "timed out at " + what + reason(failure), failure);
    }
    if (failure instanceof SSLException) {
      return tls(failure, what);
    }
    if (failure instanceof FileSystemException local) {
      return file(local, what);
    }
    if (has(failure, UnknownHostException.class)
        || has(failure, UnresolvedAddressException.class)) {
      return new MlserveException(ErrorCode.UNAVAILABLE, "unknown host at " + what, failure);
    }
    if (failure instanceof ConnectException) {
      return new MlserveException(ErrorCode.UNAVAILABLE, "cannot connect to " + what, failure);
    }
    return new MlserveException(
        ErrorCode.UNAVAILABLE, "cannot read " + what + reason(failure), failure);
  }

  private static MlserveException tls(IOException failure, String what) {
    if (failure instanceof SSLPeerUnverifiedException
        || has(failure, CertificateException.class)
        || (failure instanceof SSLHandshakeException && reason(failure).contains("certificate"))) {
      return new MlserveException(
              ErrorCode.UNAUTHENTICATED,
              "the certificate of " + what + " is not trusted" + reason(failure),
              failure)
          .withHint("name the file with the certificate of its authority as CA file");
    }
    return new MlserveException(
        ErrorCode.UNAVAILABLE, "no TLS connection to " + what + reason(failure), failure);
  }

  private static MlserveException file(FileSystemException failure, String what) {
    if (failure instanceof NoSuchFileException || failure instanceof NotDirectoryException) {
      return new MlserveException(ErrorCode.NOT_FOUND, "no such file: " + what, failure);
    }
    if (failure instanceof AccessDeniedException) {
      return new MlserveException(ErrorCode.PERMISSION_DENIED, "may not read " + what, failure);
    }
    return new MlserveException(
        ErrorCode.UNAVAILABLE, "cannot read " + what + reason(failure), failure);
  }

  private static boolean has(Throwable failure, Class<? extends Throwable> kind) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (kind.isInstance(t)) {
        return true;
      }
    }
    return false;
  }

  /** What the server or the system said, if anything. */
  private static String reason(IOException failure) {
    return failure.getMessage() == null ? "" : ": " + failure.getMessage();
  }
}
