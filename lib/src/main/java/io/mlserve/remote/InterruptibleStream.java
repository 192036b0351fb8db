package io.mlserve.remote;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;

/**
 * Notices an interrupt before each read, for a stream that by itself never does. A read that waits
 * already ends with its own time limit.
 */
final class InterruptibleStream extends FilterInputStream {
  InterruptibleStream(InputStream in) {
    super(in);
  }

  /** Fails if the current thread is interrupted, whose flag stays set. */
  static void check() throws InterruptedIOException {
    if (Thread.currentThread().isInterrupted()) {
      throw new InterruptedIOException("interrupted");
    }
  }

  @Override
  public int read() throws IOException {
    check();
    return super.read();
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    check();
    return super.read(into, offset, length);
  }
}
