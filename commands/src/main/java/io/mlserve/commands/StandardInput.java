package io.mlserve.commands;

import java.io.IOException;
import java.nio.file.Path;

/** The stream that {@code -} stands for. */
final class StandardInput {
  private StandardInput() {}

  /** Whether it is a keyboard; as {@link StandardError#isTerminal()} finds out. */
  static boolean isTerminal() {
    try {
      String device = Path.of("/proc/self/fd/0").toRealPath().toString();
      return device.startsWith("/dev/pts/") || device.startsWith("/dev/tty");
    } catch (IOException e) {
      return false;
    }
  }
}
