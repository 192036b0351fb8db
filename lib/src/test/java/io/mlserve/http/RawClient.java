package io.mlserve.http;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** An HTTP client that sends exactly the bytes it is told to. Waits at most 10 s for anything. */
public final class RawClient implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 10_000;

  private final Socket socket = new Socket();
  private final InputStream in;

  /** One answer; names of headers in lower case. */
  @SuppressWarnings("ArrayRecordComponent") // compared by nobody
  public record Answer(int status, Map<String, String> headers, byte[] body) {
    public String text() {
      return new String(body, StandardCharsets.UTF_8);
    }

    public String header(String name) {
      return headers.getOrDefault(name, "");
    }
  }

  private RawClient(int port, int receiveBuffer) {
    try {
      if (receiveBuffer > 0) {
        socket.setReceiveBufferSize(receiveBuffer);
      }
      socket.setTcpNoDelay(true);
      socket.connect(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), port), PATIENCE_MILLIS);
      socket.setSoTimeout(PATIENCE_MILLIS);
      in = new BufferedInputStream(socket.getInputStream());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static RawClient connect(int port) {
    return new RawClient(port, 0);
  }

  /** One that lets little be on its way to it. */
  static RawClient slowReader(int port) {
    return new RawClient(port, 4096);
  }

  public RawClient send(String text) {
    return send(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  public RawClient send(byte[] bytes) {
    try {
      socket.getOutputStream().write(bytes);
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Sends as long as the server reads, and no further. */
  void sendWhilePossible(byte[] bytes, int times) {
    try {
      for (int i = 0; i < times; i++) {
        socket.getOutputStream().write(bytes);
      }
    } catch (SocketException e) {
      return; // closed by the server, which is what such a client deserves
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The next answer, the body by its content-length. */
  public Answer read() {
    return read(true);
  }

  /** The next answer to a HEAD request. */
  public Answer readHead() {
    return read(false);
  }

  private Answer read(boolean withBody) {
    try {
      String[] first = line().split(" ", 3);
      Map<String, String> headers = new TreeMap<>();
      for (String line = line(); !line.isEmpty(); line = line()) {
        int colon = line.indexOf(':');
        headers.put(
            line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
      }
      int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
      byte[] body = withBody ? in.readNBytes(length) : new byte[0];
      if (withBody && body.length < length) {
        throw new EOFException("answer cut off after " + body.length + " of " + length + " bytes");
      }
      return new Answer(Integer.parseInt(first[1]), headers, body);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new EOFException("closed after '" + line + "'");
      }
      line.write(b);
    }
    return line.toString(StandardCharsets.ISO_8859_1).replace("\r", "");
  }

  /** Reads the head of an answer; returns the length of the body that follows. */
  int readLength() {
    return Integer.parseInt(read(false).header("content-length"));
  }

  /** Reads {@code length} bytes, pausing after each {@code piece}; returns how many came. */
  int readBody(int length, int piece, Duration pause) throws InterruptedException {
    int total = 0;
    try {
      while (total < length) {
        int got = in.readNBytes(Math.min(piece, length - total)).length;
        if (got == 0) {
          return total;
        }
        total += got;
        TimeUnit.NANOSECONDS.sleep(pause.toNanos());
      }
      return total;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether the server closes within 10 s without sending anything more. */
  boolean isClosedByServer() {
    try {
      return in.read() < 0;
    } catch (SocketTimeoutException e) {
      return false;
    } catch (SocketException e) {
      return true; // reset: closed all the same
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether nothing comes, the end included, for {@code time}. */
  boolean isQuietFor(Duration time) {
    try {
      socket.setSoTimeout((int) time.toMillis());
      in.read();
      return false;
    } catch (SocketTimeoutException e) {
      return true;
    } catch (IOException e) {
      return false;
    } finally {
      restorePatience();
    }
  }

  private void restorePatience() {
    try {
      socket.setSoTimeout(PATIENCE_MILLIS);
    } catch (SocketException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Closes before the end of its block. */
  void hangUp() {
    close();
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
