package io.mlserve.remote;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Bytes of a remote file on their way. Whoever opened it closes it; reading past a stall fails with
 * an {@code IOException} when the source's read time limit is over.
 *
 * @param bytes the bytes from {@code offset} on
 * @param offset where {@code bytes} starts in the file
 * @param size length of the whole file, if the source says
 * @param validator names these bytes for a later {@link ModelSource#open} in the middle
 */
public record RemoteStream(
    InputStream bytes, long offset, OptionalLong size, Optional<String> validator)
    implements AutoCloseable {
  @Override
  public void close() throws IOException {
    bytes.close();
  }
}
