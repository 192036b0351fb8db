package io.mlserve.commands;

import java.io.IOException;
import java.nio.file.Path;

/** The stream for everything that is not data. */
final class StandardError {
  private StandardError() {}

  /**
   * Whether a person is likely to look at it. Java knows only whether input and output are both a
   * terminal, so Linux is asked where descriptor 2 leads; elsewhere the answer is no.
   */
  static boolean isTerminal() {
    if ("dumb".equals(System.getenv("TERM"))) {
      return false;
    }
    try {
      String device = Path.of("/proc/self/fd/2").toRealPath().toString();
      return device.startsWith("/dev/pts/") || device.startsWith("/dev/tty");
    } catch (IOException e) {
      return false; // a pipe or a socket has no path, and other systems have no /proc
    }
  }
}
