package io.mlserve.commands;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The stream for everything that is not data. */
final class StandardError {
  private static final Pattern SIZE = Pattern.compile("(\\d{1,5}) (\\d{1,5})\\s*");

  private StandardError() {}

  /** Of a terminal, in characters. */
  record Size(int rows, int columns) {}

  /**
   * Whether a person is likely to look at it. Java knows only whether input and output are both a
   * terminal, so Linux is asked where descriptor 2 leads; elsewhere the answer is no.
   */
  static boolean isTerminal() {
    return !"dumb".equals(System.getenv("TERM")) && device().isPresent();
  }

  /** How large the terminal is, as {@code stty} says; empty if it is none. */
  static Optional<Size> size() {
    if (!isTerminal()) {
      return Optional.empty();
    }
    try {
      Process stty =
          new ProcessBuilder("stty", "size")
              .redirectInput(device().orElseThrow().toFile())
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      String said = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      Matcher size = SIZE.matcher(said);
      return stty.waitFor(1, TimeUnit.SECONDS) && size.matches()
          ? Optional.of(new Size(Integer.parseInt(size.group(1)), Integer.parseInt(size.group(2))))
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty(); // no stty
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  private static Optional<Path> device() {
    try {
      Path device = Path.of("/proc/self/fd/2").toRealPath();
      String name = device.toString();
      return name.startsWith("/dev/pts/") || name.startsWith("/dev/tty")
          ? Optional.of(device)
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty(); // a pipe or a socket has no path, and other systems have no /proc
    }
  }
}
