package io.mlserve.remote;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What a child process writes on its standard output, with a limit on each wait. Its end is
 * believed only when the process exits with 0. When time is over, when the reader is interrupted,
 * or when it closes the stream early, the process and all that it started are killed.
 */
final class CommandOutput extends InputStream {
  private static final int ERROR_BYTES = 4096;
  private static final long POLL_MILLIS = 5;

  private final Process process;
  private final InputStream out;
  private final Path errors;
  private final Duration limit;

  private boolean ended;

  private CommandOutput(Process process, Path errors, Duration limit) {
    this.process = process;
    this.out = process.getInputStream();
    this.errors = errors;
    this.limit = limit;
  }

  /** A command that ended with a failure of its own. */
  static final class CommandException extends IOException {
    private static final long serialVersionUID = 1L;

    CommandException(String message) {
      super(message);
    }
  }

  /** Starts {@code command}, an argument list that no shell sees. */
  static CommandOutput start(List<String> command, Map<String, String> environment, Duration limit)
      throws IOException {
    Path errors = Files.createTempFile("mlserve-command-", ".err");
    try {
      ProcessBuilder builder = new ProcessBuilder(command);
      builder.environment().putAll(environment);
      builder.redirectError(errors.toFile());
      Process process = builder.start();
      process.getOutputStream().close();
      return new CommandOutput(process, errors, limit);
    } catch (IOException e) {
      Files.deleteIfExists(errors);
      throw e;
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    if (ended || length == 0) {
      return ended ? -1 : 0;
    }
    await();
    int n = out.read(into, offset, length);
    if (n < 0) {
      end();
    }
    return n;
  }

  // A pipe can neither be interrupted nor waited for in limited time: it can only be looked at.
  private void await() throws IOException {
    long start = System.nanoTime();
    while (out.available() == 0 && process.isAlive()) {
      if (System.nanoTime() - start > limit.toNanos()) {
        close();
        throw new SocketTimeoutException("no byte for " + limit.toMillis() + " ms");
      }
      pause();
    }
  }

  private void pause() throws IOException {
    try {
      Thread.sleep(POLL_MILLIS);
    } catch (InterruptedException e) {
      close();
      Thread.currentThread().interrupt();
      InterruptedIOException interrupted = new InterruptedIOException("interrupted");
      interrupted.initCause(e);
      throw interrupted;
    }
  }

  private void end() throws IOException {
    long start = System.nanoTime();
    while (process.isAlive()) {
      if (System.nanoTime() - start > limit.toNanos()) {
        close();
        throw new SocketTimeoutException("it does not end");
      }
      pause();
    }
    ended = true;
    String said = errorText();
    Files.deleteIfExists(errors);
    if (process.exitValue() != 0) {
      throw new CommandException(said.isEmpty() ? "exit status " + process.exitValue() : said);
    }
  }

  // The last line that is no log line says why.
  private String errorText() throws IOException {
    try (InputStream in = Files.newInputStream(errors)) {
      String text = new String(in.readNBytes(ERROR_BYTES), StandardCharsets.UTF_8);
      return text.lines()
          .map(String::strip)
          .filter(line -> !line.isEmpty() && !line.matches(".*\\b(WARN|INFO|DEBUG|ERROR)\\b.*"))
          .reduce("", (first, second) -> second);
    }
  }

  @Override
  public void close() throws IOException {
    if (!ended) {
      ended = true;
      List<ProcessHandle> started = process.descendants().toList();
      process.destroyForcibly();
      started.forEach(ProcessHandle::destroyForcibly);
      out.close();
      Files.deleteIfExists(errors);
    }
  }
}
