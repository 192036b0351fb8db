package io.mlserve.archive;

import io.mlserve.error.DiskFailure;
import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;

/**
 * Compares members with a folder that is there already and changes nothing. The first difference
 * ends it with {@code ALREADY_EXISTS}.
 */
final class ExistingTree implements MemberSink {
  private final Path root;
  private final byte[] theirs = new byte[1 << 16];
  private long seen;

  ExistingTree(Path root) {
    this.root = root;
  }

  /** How a filled folder is refused when nobody wants to compare it. */
  static MlserveException filled(Path folder) {
    return refused(folder, "is not empty (expected: a new or empty folder)");
  }

  @Override
  public void folder(EntryPath path) {
    seen++;
    if (!Files.isDirectory(path.in(root), LinkOption.NOFOLLOW_LINKS)) {
      throw different(path);
    }
  }

  @Override
  public void file(EntryPath path, InputStream body) throws IOException {
    seen++;
    Path file = path.in(root);
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      throw different(path);
    }
    try (InputStream mine = open(file)) {
      int got;
      do {
        got = body.readNBytes(theirs, 0, theirs.length);
        byte[] ours = read(mine, file, got);
        if (!Arrays.equals(theirs, 0, got, ours, 0, ours.length)) {
          throw different(path);
        }
      } while (got == theirs.length);
      if (read(mine, file, 1).length > 0) {
        throw different(path);
      }
    }
  }

  /** To be called after the last member: nothing may lie in the folder beside what came. */
  void finish() {
    try (Stream<Path> all = Files.walk(root)) {
      long there = all.count() - 1; // the root itself
      if (there != seen) {
        throw refused(root, "holds more than the archive (expected: a new or empty folder)");
      }
    } catch (IOException e) {
      throw DiskFailure.of("cannot read " + SafeText.quote(root), e);
    }
  }

  private static InputStream open(Path file) {
    try {
      return Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS);
    } catch (IOException e) {
      throw DiskFailure.of("cannot read " + SafeText.quote(file), e);
    }
  }

  private static byte[] read(InputStream mine, Path file, int wanted) {
    try {
      return mine.readNBytes(wanted);
    } catch (IOException e) {
      throw DiskFailure.of("cannot read " + SafeText.quote(file), e);
    }
  }

  private MlserveException different(EntryPath path) {
    return refused(
        root,
        "is not empty and "
            + SafeText.quote(path.toString())
            + " in it is not what the archive holds (expected: a new or empty folder)");
  }

  private static MlserveException refused(Path folder, String why) {
    return new MlserveException(
            ErrorCode.ALREADY_EXISTS, "folder " + SafeText.quote(folder.toString()) + " " + why)
        .withHint("unpack into another folder, or remove this one first");
  }
}
