package io.mlserve.metrics;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Fetches what a server exposes to Prometheus, in finite time and space.
 *
 * @param timeout longest time for all of it
 * @param mostBytes longest answer
 */
public record Scrape(Duration timeout, long mostBytes) {
  private static final String ACCEPT = "text/plain;version=0.0.4,text/plain;q=0.5";
  private static final int BUFFER = 1 << 16;

  /** The text as the server sent it. */
  public String fetch(URI uri) {
    long deadline = System.nanoTime() + timeout.toNanos();
    try {
      HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
      connection.setConnectTimeout(millisUntil(deadline));
      connection.setReadTimeout(millisUntil(deadline));
      connection.setRequestProperty("Accept", ACCEPT);
      connection.setRequestProperty("Connection", "close");
      try {
        judge(uri, connection);
        return read(uri, connection, deadline);
      } finally {
        connection.disconnect();
      }
    } catch (SocketTimeoutException e) {
      throw late(uri, e);
    } catch (IOException e) {
      throw new MlserveException(
              ErrorCode.UNAVAILABLE, uri + ": cannot be read: " + e.getMessage(), e)
          .withHint("is the server running, and is this its address?");
    }
  }

  private void judge(URI uri, HttpURLConnection connection) throws IOException {
    int status = connection.getResponseCode();
    if (status != HttpURLConnection.HTTP_OK) {
      ErrorCode code =
          switch (status) {
            case HttpURLConnection.HTTP_UNAUTHORIZED -> ErrorCode.UNAUTHENTICATED;
            case HttpURLConnection.HTTP_FORBIDDEN -> ErrorCode.PERMISSION_DENIED;
            case HttpURLConnection.HTTP_NOT_FOUND -> ErrorCode.NOT_FOUND;
            default -> status >= 500 ? ErrorCode.UNAVAILABLE : ErrorCode.DATA_LOSS;
          };
      throw new MlserveException(code, uri + ": status " + status + " (expected: 200)");
    }
    String type = String.valueOf(connection.getContentType()).toLowerCase(Locale.ROOT);
    if (type.startsWith("text/html")) {
      throw new MlserveException(
          ErrorCode.DATA_LOSS, uri + ": an HTML page (expected: metrics in text format)");
    }
  }

  private String read(URI uri, HttpURLConnection connection, long deadline) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    byte[] buffer = new byte[BUFFER];
    try (InputStream in = connection.getInputStream()) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        bytes.write(buffer, 0, n);
        if (bytes.size() > mostBytes) {
          throw new MlserveException(
              ErrorCode.RESOURCE_EXHAUSTED,
              uri + ": more than " + mostBytes + " bytes (expected: fewer)");
        }
        // the limit of a single read would never end a server that sends a byte now and then
        if (System.nanoTime() - deadline > 0) {
          throw late(uri, null);
        }
      }
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private MlserveException late(URI uri, @Nullable Throwable cause) {
    return new MlserveException(
        ErrorCode.DEADLINE_EXCEEDED,
        "%s: no whole answer within %s s".formatted(uri, timeout.toMillis() / 1000.0),
        cause);
  }

  private static int millisUntil(long deadline) {
    long millis = (deadline - System.nanoTime()) / 1_000_000;
    return (int) Math.max(1, Math.min(Integer.MAX_VALUE, millis));
  }
}
