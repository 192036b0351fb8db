package io.mlserve.archive;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The bytes of an archive.
 *
 * @param bytes from the first on; failures of the medium come as {@link Broken}
 * @param file the same bytes at random access, if they lie in a regular file
 */
record Source(InputStream bytes, Optional<Path> file) {
  /** Wraps {@code bytes} so that a failing disk or pipe is told from damaged content. */
  static Source of(InputStream bytes, Optional<Path> file) {
    return new Source(new Marked(bytes), file);
  }

  /** The medium failed, not the archive. */
  static final class Broken extends IOException {
    private static final long serialVersionUID = 1L;
    private final IOException reason;

    Broken(IOException reason) {
      super(reason);
      this.reason = reason;
    }

    IOException reason() {
      return reason;
    }
  }

  private static final class Marked extends FilterInputStream {
    Marked(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      try {
        return super.read();
      } catch (IOException e) {
        throw new Broken(e);
      }
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      try {
        return super.read(buffer, offset, length);
      } catch (IOException e) {
        throw new Broken(e);
      }
    }
  }
}
