package io.mlserve.metrics;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Asks servers over HTTP, in finite time and space. Redirects are not followed with a body or a
 * token: they may lead to somebody else.
 *
 * @param timeout longest time for all of one call
 * @param mostBytes longest answer
 * @param authorization the header of that name, for servers that ask for one; a secret
 */
public record WebClient(Duration timeout, long mostBytes, Optional<String> authorization) {
  private static final int BUFFER = 1 << 16;

  /**
   * What came back.
   *
   * @param contentType empty text if the server named none
   */
  public record Answer(int status, String contentType, String text) {}

  /** One request. An empty body is not sent. */
  public record Call(String method, URI uri, Map<String, String> headers, String body) {
    public Call {
      headers = Map.copyOf(headers);
    }

    public static Call get(URI uri) {
      return new Call("GET", uri, Map.of(), "");
    }
  }

  /**
   * The answer, whatever its status. {@code UNAVAILABLE}, {@code DEADLINE_EXCEEDED} or {@code
   * RESOURCE_EXHAUSTED} if there is none.
   */
  public Answer send(Call call) {
    long deadline = System.nanoTime() + timeout.toNanos();
    URI uri = call.uri();
    try {
      HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
      try {
        prepare(connection, call, deadline);
        int status = connection.getResponseCode();
        String type = connection.getContentType();
        return new Answer(status, type == null ? "" : type, body(uri, connection, deadline));
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

  /** The failure that a status other than the expected one is. */
  public static MlserveException unexpected(URI uri, int status, String why) {
    ErrorCode code =
        switch (status) {
          case HttpURLConnection.HTTP_UNAUTHORIZED -> ErrorCode.UNAUTHENTICATED;
          case HttpURLConnection.HTTP_FORBIDDEN -> ErrorCode.PERMISSION_DENIED;
          case HttpURLConnection.HTTP_NOT_FOUND -> ErrorCode.NOT_FOUND;
          default -> status >= 500 ? ErrorCode.UNAVAILABLE : ErrorCode.DATA_LOSS;
        };
    return new MlserveException(
        code, uri + ": status " + status + " (expected: 200)" + (why.isEmpty() ? "" : ": " + why));
  }

  private void prepare(HttpURLConnection connection, Call call, long deadline) throws IOException {
    connection.setConnectTimeout(millisUntil(deadline));
    connection.setReadTimeout(millisUntil(deadline));
    connection.setInstanceFollowRedirects(call.method().equals("GET") && authorization.isEmpty());
    connection.setRequestMethod(call.method());
    connection.setRequestProperty("Connection", "close");
    call.headers().forEach(connection::setRequestProperty);
    authorization.ifPresent(value -> connection.setRequestProperty("Authorization", value));
    if (!call.body().isEmpty()) {
      connection.setDoOutput(true);
      try (OutputStream out = connection.getOutputStream()) {
        out.write(call.body().getBytes(StandardCharsets.UTF_8));
      }
    }
  }

  private String body(URI uri, HttpURLConnection connection, long deadline) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    byte[] buffer = new byte[BUFFER];
    boolean failed = connection.getResponseCode() >= HttpURLConnection.HTTP_BAD_REQUEST;
    try (InputStream in = failed ? connection.getErrorStream() : connection.getInputStream()) {
      if (in == null) {
        return ""; // an error without a word
      }
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
