package io.mlserve.archive;

import io.mlserve.error.DiskFailure;
import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A work folder {@code .NAME.unpack-PROCESS-RANDOM} beside the target, hence on its file system: a
 * lock file and the tree that becomes the target. Whoever created it closes it, which removes it
 * whatever happened. What a killed process left is removed by the next one: the kernel has dropped
 * its lock.
 *
 * <p>On a file system without locks nothing is ever taken for left behind.
 */
final class Staging implements AutoCloseable {
  private static final SecureRandom RANDOM = new SecureRandom();
  // Tells this process's folders, which must not be looked into: closing any channel on a lock file
  // drops the lock of the whole process.
  private static final String PROCESS = random();
  private static final int LONGEST_NAME = 60;
  private static final String TREE = "tree";
  private static final String SPOOL = "spool";

  private final Path work;
  private final @Nullable FileChannel lock;

  private Staging(Path work, @Nullable FileChannel lock) {
    this.work = work;
    this.lock = lock;
  }

  /** Removes what killed processes left beside {@code target} and creates a work folder there. */
  static Staging beside(Path target) {
    Path parent = Objects.requireNonNull(target.getParent());
    String name = String.valueOf(target.getFileName());
    String prefix = "." + name.substring(0, Math.min(name.length(), LONGEST_NAME)) + ".unpack-";
    try {
      sweep(parent, prefix);
      while (true) {
        Staging staging = create(parent.resolve(prefix + PROCESS + "-" + random()));
        if (staging != null) {
          return staging;
        }
      }
    } catch (IOException e) {
      throw DiskFailure.of("cannot create a folder in " + SafeText.quote(parent), e);
    }
  }

  // Null if a sweep of another process came between folder and lock.
  private static @Nullable Staging create(Path work) throws IOException {
    Files.createDirectory(work, Modes.folder(work));
    try {
      FileChannel lock =
          FileChannel.open(lockFile(work), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      if (!holds(lock) || !Files.exists(lockFile(work))) {
        lock.close();
        return null;
      }
      Files.createDirectory(work.resolve(TREE), Modes.folder(work));
      return new Staging(work, lock);
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  private static boolean holds(FileChannel channel) {
    try {
      FileLock held = channel.tryLock();
      return held != null;
    } catch (IOException e) {
      return true; // no locks on this file system: see the class comment
    }
  }

  private static void sweep(Path parent, String prefix) throws IOException {
    DirectoryStream.Filter<Path> left =
        path -> {
          String name = String.valueOf(path.getFileName());
          return name.startsWith(prefix)
              && !name.startsWith(prefix + PROCESS)
              && Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
        };
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(parent, left)) {
      for (Path folder : folders) {
        sweepOne(folder);
      }
    }
  }

  private static void sweepOne(Path folder) {
    try (FileChannel channel = FileChannel.open(lockFile(folder), StandardOpenOption.WRITE)) {
      FileLock dead = channel.tryLock();
      if (dead != null) {
        remove(folder);
      }
    } catch (NoSuchFileException e) {
      // Killed before it had a lock: it is empty, or a racing creator's, who then tries again.
      try {
        Files.deleteIfExists(folder);
      } catch (IOException notEmpty) {
        return;
      }
    } catch (IOException e) {
      return; // somebody else's; it is in nobody's way
    }
  }

  private static Path lockFile(Path work) {
    return work.resolve("lock");
  }

  /** The folder to fill. */
  Path tree() {
    return work.resolve(TREE);
  }

  /** A place for a file that is needed while unpacking. */
  Path spool() {
    return work.resolve(SPOOL);
  }

  /**
   * Puts the filled folder in the place of {@code target} in one step, durable when this returns.
   * {@code ALREADY_EXISTS} if something has appeared there meanwhile.
   */
  void publish(Path target) {
    try {
      Files.move(tree(), target, StandardCopyOption.ATOMIC_MOVE);
      force(Objects.requireNonNull(target.getParent()));
    } catch (IOException e) {
      if (e instanceof FileAlreadyExistsException
          || Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
        throw new MlserveException(
            ErrorCode.ALREADY_EXISTS,
            "cannot replace " + SafeText.quote(target.toString()) + ": " + e.getMessage(),
            e);
      }
      throw DiskFailure.of("cannot publish " + SafeText.quote(target), e);
    }
  }

  /** Makes a file, or the names in a folder, survive a power cut. */
  static void force(Path path) throws IOException {
    try (FileChannel channel =
        FileChannel.open(path, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
      channel.force(true);
    }
  }

  /** Removes the work folder and all that is still in it. */
  @Override
  public void close() {
    try {
      remove(work);
    } catch (IOException e) {
      // The next run sweeps it; the outcome of this one is decided already.
    } finally {
      closeLock();
    }
  }

  private void closeLock() {
    try {
      if (lock != null) {
        lock.close();
      }
    } catch (IOException e) {
      return; // it held nothing but the lock
    }
  }

  // The lock file goes last: without it a folder that is not empty would stay for ever.
  private static void remove(Path work) throws IOException {
    Files.deleteIfExists(work.resolve(SPOOL));
    if (Files.isDirectory(work.resolve(TREE), LinkOption.NOFOLLOW_LINKS)) {
      Files.walkFileTree(work.resolve(TREE), new Removal());
    }
    Files.deleteIfExists(lockFile(work));
    Files.deleteIfExists(work);
  }

  private static final class Removal extends SimpleFileVisitor<Path> {
    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes facts) throws IOException {
      Files.deleteIfExists(file);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path emptied, @Nullable IOException failure)
        throws IOException {
      Files.deleteIfExists(emptied);
      return FileVisitResult.CONTINUE;
    }
  }

  private static String random() {
    byte[] bytes = new byte[6];
    RANDOM.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }
}
