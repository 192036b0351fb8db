package io.mlserve.remote;

import java.io.IOException;
import java.io.InputStream;

/**
 * Bytes of a remote file on their way. Whoever opened it closes it before asking its source
 * anything else. Reading past a stall fails with an {@code IOException} when the source's read time
 * limit is over; {@link ModelSource#failure} says what any such exception means.
 *
 * @param bytes the bytes from {@code offset} on
 * @param offset where {@code bytes} starts in the file
 * @param file what the source says of the whole file, in the same answer where it can
 */
public record RemoteStream(InputStream bytes, long offset, RemoteEntry file)
    implements AutoCloseable {
  @Override
  public void close() throws IOException {
    bytes.close();
  }
}
