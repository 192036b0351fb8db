package io.mlserve.commands;

import java.io.IOException;

/**
 * Standard output cannot be written. Thrown through the {@code PrintWriter} that commands print to,
 * which would swallow an {@code IOException}; ends the command.
 */
public final class OutputFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final boolean brokenPipe;

  public OutputFailedException(IOException cause) {
    super("cannot write to standard output: " + cause.getMessage(), cause);
    brokenPipe = String.valueOf(cause.getMessage()).contains("Broken pipe");
  }

  /** True if the reader has gone: not worth a message. */
  public boolean brokenPipe() {
    return brokenPipe;
  }
}
