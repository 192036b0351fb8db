package io.mlserve.cli;

import io.mlserve.commands.OutputFailedException;
import java.io.IOException;
import java.io.OutputStream;

/**
 * Standard output whose failure ends the command. Java ignores SIGPIPE, and a {@code PrintWriter}
 * hides the error of the write: without this, {@code mlserve ... | head -1} would print to nobody
 * until it is done, and a full disk would look like success.
 */
final class StandardOutput extends OutputStream {
  private final OutputStream stream;
  private boolean failed;

  StandardOutput(OutputStream stream) {
    this.stream = stream;
  }

  @Override
  public void write(int b) {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) {
    if (failed) { // said once is enough
      return;
    }
    try {
      stream.write(bytes, offset, length);
    } catch (IOException e) {
      failed = true;
      throw new OutputFailedException(e);
    }
  }
}
