package io.mlserve.metrics;

import io.mlserve.error.DiskFailure;
import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.Consumer;

/**
 * A file of recorded scrapes, one JSON object a line, which only grows. Several processes may
 * append to it: each line goes out in one write.
 */
public record ScrapeLog(Path file) {
  /** Adds a line; the file is made if there is none. */
  public void append(RecordedScrape scrape) {
    byte[] line = (scrape.line() + "\n").getBytes(StandardCharsets.UTF_8);
    try (FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      boolean whole = endsWithNewline(channel);
      ByteBuffer bytes = ByteBuffer.allocate(line.length + 1);
      if (!whole) {
        bytes.put((byte) '\n'); // an earlier write was cut short: keep its ruins on their own line
      }
      bytes.put(line).flip();
      try (FileChannel end = FileChannel.open(file, StandardOpenOption.APPEND)) {
        while (bytes.hasRemaining()) {
          end.write(bytes);
        }
      }
    } catch (IOException e) {
      throw DiskFailure.of("cannot append to " + file, e);
    }
  }

  private static boolean endsWithNewline(FileChannel channel) throws IOException {
    ByteBuffer last = ByteBuffer.allocate(1);
    return channel.size() == 0
        || (channel.read(last, channel.size() - 1) == 1 && last.get(0) == '\n');
  }

  /**
   * Hands out every scrape in the order of the file. A line that is none is {@code DATA_LOSS},
   * except for one that a crash cut short: it counts as not recorded.
   */
  public void read(Consumer<RecordedScrape> reader) {
    try (BufferedReader lines = Files.newBufferedReader(file)) {
      int number = 0;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        number++;
        if (!line.isBlank()) {
          one(line, number, reader);
        }
      }
    } catch (NoSuchFileException e) {
      throw new MlserveException(ErrorCode.NOT_FOUND, file + ": no such file", e);
    } catch (IOException e) {
      throw DiskFailure.of("cannot read " + file, e);
    }
  }

  private void one(String line, int number, Consumer<RecordedScrape> reader) {
    String where = file + " line " + number;
    if (!line.endsWith("}")) {
      return;
    }
    try {
      reader.accept(RecordedScrape.parse(line, where));
    } catch (IllegalArgumentException e) {
      throw new MlserveException(
          ErrorCode.DATA_LOSS, where + ": " + e.getMessage() + " (expected: a recorded scrape)", e);
    }
  }
}
