package io.mlserve.cli;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A server that remembers the heads of requests and gives every one the same bytes, over TCP or a
 * socket in the file system.
 */
final class BenchStub implements AutoCloseable {
  private final ServerSocketChannel listener;
  private final byte[] answer;
  private final List<String> heads = new CopyOnWriteArrayList<>();

  private BenchStub(ServerSocketChannel listener, String answer) {
    this.listener = listener;
    this.answer = answer.getBytes(StandardCharsets.ISO_8859_1);
  }

  /** On a free port. */
  static BenchStub tcp(String answer) throws IOException {
    return start(
        ServerSocketChannel.open(),
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
        answer);
  }

  /** On a socket in the file system. */
  static BenchStub unix(Path socket, String answer) throws IOException {
    return start(
        ServerSocketChannel.open(StandardProtocolFamily.UNIX),
        UnixDomainSocketAddress.of(socket),
        answer);
  }

  private static BenchStub start(ServerSocketChannel listener, SocketAddress at, String answer)
      throws IOException {
    listener.bind(at);
    BenchStub stub = new BenchStub(listener, answer);
    daemon(stub::accept);
    return stub;
  }

  String url() throws IOException {
    return "http://127.0.0.1:" + ((InetSocketAddress) listener.getLocalAddress()).getPort();
  }

  /** Heads of requests as they came. */
  List<String> heads() {
    return heads;
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }

  private void accept() {
    while (true) {
      try {
        SocketChannel connection = listener.accept();
        daemon(() -> serve(connection));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private void serve(SocketChannel connection) {
    try (connection) {
      InputStream in = new BufferedInputStream(Channels.newInputStream(connection));
      OutputStream out = Channels.newOutputStream(connection);
      while (true) {
        String head = head(in);
        heads.add(head);
        in.readNBytes(length(head));
        // in two parts, cut where it hurts
        out.write(answer, 0, answer.length / 2);
        out.flush();
        out.write(answer, answer.length / 2, answer.length - answer.length / 2);
      }
    } catch (IOException e) {
      // the client has gone
    }
  }

  private static String head(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int next = in.read();
      if (next < 0) {
        throw new EOFException();
      }
      head.append((char) next);
    }
    return head.toString();
  }

  private static int length(String head) {
    return head.lines()
        .map(line -> line.toLowerCase(Locale.ROOT))
        .filter(line -> line.startsWith("content-length:"))
        .mapToInt(line -> Integer.parseInt(line.substring(15).strip()))
        .findFirst()
        .orElse(0);
  }

  private static void daemon(Runnable work) {
    Thread thread = new Thread(work, "bench-stub");
    thread.setDaemon(true);
    thread.start();
  }
}
