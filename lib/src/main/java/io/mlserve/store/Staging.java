package io.mlserve.store;

import io.mlserve.error.DiskFailure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;

/**
 * The folder in which a version is put together before it is installed. It lies on the file system
 * of the versions, so that an install is a rename, and is empty at the start of each attempt.
 *
 * <p>Belongs to whoever holds the lock of the {@link VersionStore}.
 */
public final class Staging {
  private final Path folder;
  private final boolean moved;

  private Staging(Path folder, boolean moved) {
    this.folder = folder;
    this.moved = moved;
  }

  /**
   * A staging folder for the model of {@code store} inside {@code parent}, or beside its versions
   * when {@code parent} lies on another file system. What a killed predecessor left is deleted.
   */
  public static Staging open(Path parent, VersionStore store) {
    String model = store.folder().toString();
    String name =
        store.folder().getFileName()
            + "-"
            + UUID.nameUUIDFromBytes(model.getBytes(StandardCharsets.UTF_8))
                .toString()
                .substring(0, 8);
    try {
      Path wanted = parent.toAbsolutePath().normalize().resolve(name);
      DurableFiles.deleteTree(wanted);
      Files.createDirectories(wanted);
      boolean near = canRename(wanted, store.folder());
      Path folder = near ? wanted : store.folder().resolve(".staging");
      DurableFiles.deleteTree(folder);
      return new Staging(folder, !near);
    } catch (IOException e) {
      throw DiskFailure.of("cannot use temporary folder " + parent, e);
    }
  }

  // Mounts lie about being one file system, so the question is put to the kernel.
  private static boolean canRename(Path from, Path to) throws IOException {
    Path probe = Files.createTempDirectory(from, "probe");
    Path target = to.resolve(".probe");
    try {
      Files.deleteIfExists(target);
      Files.move(probe, target, StandardCopyOption.ATOMIC_MOVE);
      Files.delete(target);
      return true;
    } catch (AtomicMoveNotSupportedException e) {
      Files.delete(probe);
      return false;
    }
  }

  /** Whether it is not where it was wanted, because that is another file system. */
  public boolean isMoved() {
    return moved;
  }

  public Path folder() {
    return folder;
  }

  /** Empties it for a new attempt, and makes the folder {@code name} in it. */
  public Path fresh(String name) {
    remove();
    return make(name);
  }

  /** Deletes all in it but the folder {@code name}, which an attempt before this one filled. */
  public Path resume(String name) {
    Path kept = folder.resolve(name);
    if (Files.isDirectory(kept)) {
      try (DirectoryStream<Path> children = Files.newDirectoryStream(folder)) {
        for (Path child : children) {
          if (!child.equals(kept)) {
            DurableFiles.deleteTree(child);
          }
        }
      } catch (IOException e) {
        throw DiskFailure.of("cannot empty temporary folder " + folder, e);
      }
    }
    return make(name);
  }

  private Path make(String name) {
    try {
      return Files.createDirectories(folder.resolve(name));
    } catch (IOException e) {
      throw DiskFailure.of("cannot use temporary folder " + folder, e);
    }
  }

  /** Deletes it after an attempt. */
  public void remove() {
    try {
      DurableFiles.deleteTree(folder);
    } catch (IOException e) {
      throw DiskFailure.of("cannot delete temporary folder " + folder, e);
    }
  }
}
