package io.mlserve.remote;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import java.util.TreeMap;

/** What a pulled file or folder looks like, and how a new folder takes the place of an old one. */
final class LocalTree {
  private LocalTree() {}

  /** A digest of names, lengths and times: whoever edits, adds or removes a file changes it. */
  static Checksum look(Path root) throws IOException {
    Map<String, String> facts = new TreeMap<>();
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes a) {
            facts.put(
                root.relativize(file).toString(),
                a.size() + " " + a.lastModifiedTime() + " " + a.isRegularFile());
            return FileVisitResult.CONTINUE;
          }
        });
    StringBuilder lines = new StringBuilder();
    facts.forEach((name, fact) -> lines.append(name).append('\0').append(fact).append('\0'));
    return Checksum.of(lines.toString().getBytes(StandardCharsets.UTF_8));
  }

  static boolean exists(Path path) {
    return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
  }

  /**
   * Puts {@code fresh} in the place of the folder {@code target}, if there is one. Two renames: a
   * crash in between leaves no target, which {@link #repair} cures.
   */
  static void replace(Path fresh, Path target) throws IOException {
    Path old = old(target);
    LocalDisk.delete(old);
    if (exists(target)) {
      Files.move(target, old, StandardCopyOption.ATOMIC_MOVE);
    }
    LocalDisk.publish(fresh, target);
    LocalDisk.delete(old);
  }

  /** Brings back the old folder if a crash came between the two renames. */
  static void repair(Path target) throws IOException {
    Path old = old(target);
    if (!exists(target) && exists(old)) {
      LocalDisk.publish(old, target);
    }
  }

  private static Path old(Path target) {
    return target.resolveSibling("." + target.getFileName() + ".old");
  }
}
