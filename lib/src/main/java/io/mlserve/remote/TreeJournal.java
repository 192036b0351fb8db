package io.mlserve.remote;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which files of a folder are here already. One line each, added when the file is in its place; a
 * line that was cut by a crash is none. As with {@link PartFile}, another boot of the machine makes
 * it worthless.
 */
final class TreeJournal {
  private final Path staging;
  private final Path file;
  private final Map<String, Line> lines = new HashMap<>();

  private TreeJournal(Path staging) {
    this.staging = staging;
    this.file = staging.resolve("journal");
  }

  /** A complete file: its length, its digest, and the strong token of the state it came from. */
  record Line(long size, Checksum sha256, String token) {}

  /** Opens what is there for {@code origin}, or starts with an empty staging folder. */
  static TreeJournal open(Path staging, String origin) throws IOException {
    TreeJournal journal = new TreeJournal(staging);
    String owner = Checksum.of(origin.getBytes(StandardCharsets.UTF_8)) + " " + PartFile.boot();
    if (!journal.read(owner)) {
      LocalDisk.delete(staging);
      Files.createDirectory(staging);
      Files.writeString(journal.file, owner + "\n", StandardOpenOption.CREATE_NEW);
    }
    return journal;
  }

  private boolean read(String owner) throws IOException {
    if (!Files.isRegularFile(file)) {
      return false;
    }
    List<String> text = Files.readAllLines(file);
    if (text.isEmpty() || !text.get(0).equals(owner)) {
      return false;
    }
    for (String line : text.subList(1, text.size())) {
      String[] parts = line.split(" ", -1);
      if (parts.length == 5 && parts[4].equals(".")) {
        lines.put(
            PercentCoding.decode(parts[3]),
            new Line(
                Long.parseLong(parts[0]),
                Checksum.parse(parts[1]),
                PercentCoding.decode(parts[2])));
      }
    }
    return true;
  }

  Optional<Line> line(String path) {
    return Optional.ofNullable(lines.get(path));
  }

  /** Where the file {@code path} is built; a flat name, so that no two of the tree can clash. */
  Path inTransit(String path) {
    return staging.resolve(Checksum.of(path.getBytes(StandardCharsets.UTF_8)).hex());
  }

  /** Notes that {@code path} is complete; worth something only when its state has a strong name. */
  void add(String path, FileTransfer.Result result) throws IOException {
    Optional<Validator> strong = result.validator().filter(Validator::strong);
    if (strong.isPresent()) {
      Files.writeString(
          file,
          result.bytes()
              + " "
              + result.sha256()
              + " "
              + PercentCoding.encode(strong.get().token())
              + " "
              + PercentCoding.encode(path)
              + " .\n",
          StandardOpenOption.APPEND);
    }
  }

  /** Deletes what an earlier run left of files and folders that the source no longer has. */
  static void dropOthers(Path tree, Set<String> paths) throws IOException {
    Files.walkFileTree(
        tree,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path found, BasicFileAttributes facts)
              throws IOException {
            if (!paths.contains(tree.relativize(found).toString())) {
              Files.delete(found);
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path found, @Nullable IOException failure)
              throws IOException {
            String path = tree.relativize(found).toString();
            if (!path.isEmpty() && !paths.contains(path)) {
              Files.delete(found); // what was in it went before
            }
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
