package io.mlserve.bench;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * A file with a line of JSON for every request of one or several runs, warm-up included, in the
 * order in which they ended, more or less: event loops hand over what they saw a thousand at a
 * time, and a thread of its own writes it down. It has its name only when {@link #finish} was
 * called. Thread-safe.
 */
public final class RequestFile implements AutoCloseable {
  private static final Batch END = new Batch(0, 0, Optional.empty());

  private final Path file;
  private final Path part;
  private final BufferedWriter out;
  private final BlockingQueue<Batch> waiting = new LinkedBlockingQueue<>();
  private final Thread writer = new Thread(this::write, "bench-requests");
  private volatile @Nullable IOException problem;
  private int point;

  // without requests: the end
  private record Batch(int point, long measureFrom, Optional<RequestBatch> requests) {}

  private RequestFile(Path file, Path part) throws IOException {
    this.file = file;
    this.part = part;
    this.out = Files.newBufferedWriter(part, StandardCharsets.UTF_8);
    writer.setDaemon(true);
    writer.start();
  }

  /** Begins to write beside {@code file}, which is in a folder that exists. */
  public static RequestFile open(Path file) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    Path part = Files.createTempFile(folder, "." + file.getFileName() + ".", ".part");
    return new RequestFile(file, part);
  }

  /** What runs hand their requests to from now on belongs to the next point, the first with 1. */
  synchronized int nextPoint() {
    return ++point;
  }

  /** Called on event loops; never waits. */
  void add(int number, long measureFrom, RequestBatch batch) {
    if (problem == null) { // else nobody takes them any more
      waiting.add(new Batch(number, measureFrom, Optional.of(batch)));
    }
  }

  /** Writes what is left and gives the file its name. To be called when no run goes on. */
  public void finish() throws IOException {
    end();
    IOException failed = problem;
    if (failed != null) {
      throw failed;
    }
    if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      Files.setPosixFilePermissions(part, PosixFilePermissions.fromString("rw-r--r--"));
    }
    Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** Leaves nothing behind if it was not finished. */
  @Override
  public void close() throws IOException {
    end();
    Files.deleteIfExists(part);
  }

  private void end() {
    if (writer.isAlive()) {
      waiting.add(END);
      boolean interrupted = false;
      while (writer.isAlive()) {
        try {
          writer.join();
        } catch (InterruptedException e) {
          interrupted = true; // the file is to be whole all the same
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void write() {
    try (out) {
      while (true) {
        Batch batch = waiting.take();
        if (batch.requests.isEmpty()) {
          return;
        }
        write(batch.point, batch.measureFrom, batch.requests.get());
      }
    } catch (IOException e) {
      problem = e;
    } catch (UncheckedIOException e) {
      problem = e.getCause();
    } catch (InterruptedException e) {
      problem = new IOException("interrupted", e); // nobody interrupts this thread
    }
  }

  private void write(int number, long measureFrom, RequestBatch requests) throws IOException {
    StringBuilder line = new StringBuilder(200);
    for (int i = 0; i < requests.size(); i++) {
      line.setLength(0);
      long due = requests.due(i);
      long sent = requests.sent(i);
      long ended = requests.ended(i);
      line.append("{\"point\":").append(number);
      line.append(",\"warm_up\":").append(due < measureFrom);
      decimal(line.append(",\"due_s\":"), due, 9);
      if (sent != RequestBatch.NEVER) {
        decimal(line.append(",\"sent_s\":"), sent, 9);
      }
      decimal(line.append(",\"end_s\":"), ended, 9);
      decimal(line.append(",\"latency_ms\":"), ended - due, 6);
      if (sent != RequestBatch.NEVER) {
        decimal(line.append(",\"service_ms\":"), ended - sent, 6);
      }
      String failure = requests.failure(i);
      line.append(",\"outcome\":\"").append(failure == null ? "ok" : failure).append("\"}\n");
      out.append(line);
    }
  }

  // without a format: there may be a hundred thousand lines a second
  private static void decimal(StringBuilder line, long value, int digits) {
    if (value < 0) {
      line.append('-');
    }
    String text = Long.toString(Math.abs(value));
    for (int i = text.length(); i <= digits; i++) {
      line.append('0');
    }
    line.append(text);
    line.insert(line.length() - digits, '.');
  }
}
