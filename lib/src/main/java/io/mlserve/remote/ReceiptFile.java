package io.mlserve.remote;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The hidden file {@code .<target>.pull} beside a target: who holds it locked may change the
 * target, and it holds the {@link Receipt} of the last pull. The kernel drops the lock with the
 * process, so a killed holder leaves nothing to clean up.
 */
final class ReceiptFile implements AutoCloseable {
  // POSIX drops a process's lock when it closes any channel on the file: so this process must not
  // even open one that it holds already.
  private static final Set<Path> HELD_HERE = ConcurrentHashMap.newKeySet();
  private static final int BYTES_LIMIT = 1 << 16;

  private final Path file;
  private final FileChannel channel;

  private ReceiptFile(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  static Path beside(Path target) {
    return target.resolveSibling("." + target.getFileName() + ".pull");
  }

  /** Takes the lock at once, or fails with {@code LOCKED}. The target's folder must exist. */
  static ReceiptFile lock(Path target) {
    try {
      Path file = beside(LocalDisk.folderOf(target).toRealPath().resolve(target.getFileName()));
      if (!HELD_HERE.add(file)) {
        throw locked(target);
      }
      try {
        return new ReceiptFile(file, open(file, target));
      } catch (IOException | RuntimeException e) {
        HELD_HERE.remove(file);
        throw e;
      }
    } catch (IOException e) {
      throw LocalDisk.failure(beside(target), e);
    }
  }

  private static FileChannel open(Path file, Path target) throws IOException {
    FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            LinkOption.NOFOLLOW_LINKS);
    try {
      if (channel.tryLock() == null) {
        throw locked(target);
      }
      return channel;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static MlserveException locked(Path target) {
    return new MlserveException(ErrorCode.LOCKED, "another process is pulling " + target);
  }

  /** The receipt of the last pull, without a lock, for who changes nothing. */
  static Optional<Receipt> peek(Path target) {
    try {
      return Receipt.parse(Files.readString(beside(target)));
    } catch (IOException e) {
      return Optional.empty(); // none, or none that could be read
    }
  }

  /** Whether a pull into {@code target} has ever ended well, without a lock. */
  static boolean wasPulled(Path target) {
    try {
      return Files.size(beside(target)) > 0;
    } catch (IOException e) {
      return false; // there is none
    }
  }

  /** The receipt of the last pull, if it ended well. */
  Optional<Receipt> read() throws IOException {
    ByteBuffer text = ByteBuffer.allocate((int) Math.min(channel.size(), BYTES_LIMIT));
    while (text.hasRemaining() && channel.read(text, text.position()) >= 0) {}
    return Receipt.parse(new String(text.array(), 0, text.position(), StandardCharsets.UTF_8));
  }

  /** Whether a pull into the target has ever ended well, even if its receipt was cut since. */
  boolean wasPulled() throws IOException {
    return channel.size() > 0;
  }

  // Never empty in between: a crash may cost the receipt, not the knowledge that there was one.
  void write(Receipt receipt) throws IOException {
    ByteBuffer text = ByteBuffer.wrap(receipt.text().getBytes(StandardCharsets.UTF_8));
    while (text.hasRemaining()) {
      channel.write(text, text.position());
    }
    channel.truncate(text.limit());
    channel.force(true);
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      // the kernel has dropped the lock whatever close says
    } finally {
      HELD_HERE.remove(file);
    }
  }
}
