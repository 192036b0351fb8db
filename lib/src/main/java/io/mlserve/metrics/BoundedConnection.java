package io.mlserve.metrics;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.ProtocolException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A connection that ends in time whatever its user sets: simpleclient insists on ten seconds for
 * each step, and reads a long complaint without end.
 */
final class BoundedConnection extends HttpURLConnection {
  private static final int LONGEST_COMPLAINT = 4096;

  private final HttpURLConnection inner;
  private final long deadline;

  BoundedConnection(String url, Duration timeout, Optional<String> authorization)
      throws IOException {
    super(java.net.URI.create(url).toURL());
    this.inner = (HttpURLConnection) getURL().openConnection();
    this.deadline = System.nanoTime() + timeout.toNanos();
    inner.setInstanceFollowRedirects(false); // a token is not for somebody else
    authorization.ifPresent(value -> inner.setRequestProperty("Authorization", value));
  }

  @Override
  public void connect() throws IOException {
    inner.setConnectTimeout(millisLeft());
    inner.setReadTimeout(millisLeft());
    inner.connect();
  }

  @Override
  public void setConnectTimeout(int millis) {
    // ours counts
  }

  @Override
  public void setReadTimeout(int millis) {
    // ours counts
  }

  @Override
  public void setRequestProperty(String key, String value) {
    inner.setRequestProperty(key, value);
  }

  @Override
  public void setRequestMethod(String method) throws ProtocolException {
    inner.setRequestMethod(method);
  }

  @Override
  public void setDoOutput(boolean output) {
    inner.setDoOutput(output);
  }

  @Override
  public OutputStream getOutputStream() throws IOException {
    return inner.getOutputStream();
  }

  @Override
  public int getResponseCode() throws IOException {
    inner.setReadTimeout(millisLeft());
    return inner.getResponseCode();
  }

  @Override
  public InputStream getInputStream() throws IOException {
    return new Bounded(inner.getInputStream());
  }

  @Override
  public @Nullable InputStream getErrorStream() {
    InputStream errors = inner.getErrorStream();
    return errors == null ? null : new Bounded(errors);
  }

  @Override
  public void disconnect() {
    inner.disconnect();
  }

  @Override
  public boolean usingProxy() {
    return inner.usingProxy();
  }

  private int millisLeft() {
    return (int)
        Math.max(1, Math.min(Integer.MAX_VALUE, (deadline - System.nanoTime()) / 1_000_000));
  }

  /** Ends at the deadline, and after the most that one wants to read of a complaint. */
  private final class Bounded extends FilterInputStream {
    private int read;

    Bounded(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      if (System.nanoTime() - deadline > 0) {
        throw new SocketTimeoutException("late");
      }
      if (read >= LONGEST_COMPLAINT) {
        return -1;
      }
      int n = super.read(bytes, offset, Math.min(length, LONGEST_COMPLAINT - read));
      read += Math.max(0, n);
      return n;
    }
  }
}
