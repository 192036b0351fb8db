package io.mlserve.store;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The right to change one model's versions. The kernel holds the lock and drops it with the
 * process, so a killed holder leaves nothing to clean up; the file stays, its text says who holds
 * it.
 */
final class InstallLock implements AutoCloseable {
  // POSIX drops a process's lock when it closes any channel on the file: so this process must not
  // even open a lock file that it holds already.
  private static final Set<Path> HELD_HERE = ConcurrentHashMap.newKeySet();

  private static final int PID_LIMIT = 20;

  private final Path file;
  private final FileChannel channel;

  private InstallLock(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /**
   * Takes the lock at once, or fails with {@code LOCKED} and the holder's process id.
   *
   * @param folder exists and is where the lock file lies
   * @param model what is locked, for the message
   */
  static InstallLock take(Path folder, String name, Path model) throws IOException {
    Path file = folder.toRealPath().resolve(name);
    if (!HELD_HERE.add(file)) {
      throw locked(model, Long.toString(ProcessHandle.current().pid()));
    }
    try {
      return new InstallLock(file, open(file, model));
    } catch (IOException | RuntimeException e) {
      HELD_HERE.remove(file);
      throw e;
    }
  }

  private static FileChannel open(Path file, Path model) throws IOException {
    FileChannel channel = FileChannel.open(file, CREATE, READ, WRITE);
    try {
      if (channel.tryLock() == null) {
        throw locked(model, read(channel));
      }
      write(channel, Long.toString(ProcessHandle.current().pid()));
      return channel;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static MlserveException locked(Path model, String holder) {
    return new MlserveException(
            ErrorCode.LOCKED,
            model + " is being delivered by process " + (holder.isEmpty() ? "?" : holder))
        .withHint("one process at a time may install versions of a model; stop the other one");
  }

  private static String read(FileChannel channel) throws IOException {
    ByteBuffer text = ByteBuffer.allocate(PID_LIMIT);
    channel.read(text, 0);
    return new String(text.array(), 0, text.position(), StandardCharsets.US_ASCII).strip();
  }

  private static void write(FileChannel channel, String text) throws IOException {
    channel.truncate(0);
    channel.write(ByteBuffer.wrap((text + "\n").getBytes(StandardCharsets.US_ASCII)), 0);
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
