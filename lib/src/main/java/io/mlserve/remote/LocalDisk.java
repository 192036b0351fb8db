package io.mlserve.remote;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** This side's disk: durable renames, free space, and what its failures mean. */
final class LocalDisk {
  private LocalDisk() {}

  /** Puts the complete, synced {@code from} in the place of {@code to}, durably. */
  static void publish(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    syncFolder(folderOf(to));
  }

  static Path folderOf(Path file) {
    Path parent = file.toAbsolutePath().getParent();
    return parent == null ? file.toAbsolutePath() : parent;
  }

  /** Makes renames and new names in {@code folder} survive a power cut. */
  static void syncFolder(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /** Syncs every folder of a tree; its files must be synced already. */
  static void syncFolders(Path root) throws IOException {
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure)
              throws IOException {
            syncFolder(folder);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  /** Deletes a file or a tree, links as links; nothing happens if there is none. */
  static void delete(Path root) throws IOException {
    try {
      Files.walkFileTree(
          root,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes facts)
                throws IOException {
              Files.delete(file);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure)
                throws IOException {
              Files.delete(folder);
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (NoSuchFileException e) {
      return; // that is what was wanted
    }
  }

  /** {@code RESOURCE_EXHAUSTED} unless {@code bytes} more fit beside {@code file}. */
  static void requireSpace(Path file, long bytes) throws IOException {
    long free = Files.getFileStore(folderOf(file)).getUsableSpace();
    if (bytes > free) {
      throw new MlserveException(
          ErrorCode.RESOURCE_EXHAUSTED,
          "no space for " + file + ": " + free + " bytes free (expected: " + bytes + ")");
    }
  }

  /** What it means that {@code file} could not be written. */
  static MlserveException failure(Path file, IOException failure) {
    String reason = String.valueOf(failure.getMessage());
    String known = reason.toLowerCase(Locale.ROOT);
    ErrorCode code = ErrorCode.FAILED_PRECONDITION;
    if (failure instanceof ClosedByInterruptException) {
      code = ErrorCode.ABORTED;
    } else if (failure instanceof AccessDeniedException) {
      code = ErrorCode.PERMISSION_DENIED;
    } else if (known.contains("no space left") || known.contains("quota exceeded")) {
      code = ErrorCode.RESOURCE_EXHAUSTED;
    }
    return new MlserveException(code, "cannot write " + file + ": " + reason, failure);
  }
}
