package io.mlserve.store;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/**
 * The name that the server reads: a relative link to a version, so that the folder around it can be
 * mounted elsewhere. Before the first install it may be absent, a real folder or a foreign link.
 *
 * @param path absolute and normalised
 * @param versions the folder of the versions, a descendant of the path's parent
 */
record ServedName(Path path, Path versions) {
  boolean isRealFolder() {
    return Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
  }

  /** Whether there is nothing to read: no such name, or a link to a version that is gone. */
  boolean isDangling() throws IOException {
    return !Files.exists(path, LinkOption.NOFOLLOW_LINKS)
        || (!Files.exists(path) && target().filter(this::isInVersions).isPresent());
  }

  /** The version that it points to, or empty if it points to none of ours. */
  Optional<InstalledVersion> version() throws IOException {
    return target()
        .filter(target -> isInVersions(target) && Files.isDirectory(target))
        .flatMap(InstalledVersion::of);
  }

  private Optional<Path> target() throws IOException {
    return Files.isSymbolicLink(path)
        ? Optional.of(path.resolveSibling(Files.readSymbolicLink(path)).normalize())
        : Optional.empty();
  }

  private boolean isInVersions(Path target) {
    return versions.equals(target.getParent());
  }

  /** {@code FAILED_PRECONDITION} if it is something that an install must not replace. */
  void checkReplaceable() {
    if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)
        && !isRealFolder()
        && !Files.isSymbolicLink(path)) {
      throw new MlserveException(
          ErrorCode.FAILED_PRECONDITION,
          path + " is a file (expected: a model folder, a link to one, or nothing)");
    }
  }

  /**
   * Points to {@code version} in one step.
   *
   * @param link a free name on the same file system
   */
  void pointTo(InstalledVersion version, Path link) throws IOException {
    prepare(version, link);
    swap(link);
  }

  /** Makes the link under another name. */
  void prepare(InstalledVersion version, Path link) throws IOException {
    Files.deleteIfExists(link);
    Path parent = versions.getParent(); // .versions
    Path base = parent == null ? null : parent.getParent();
    if (base == null) {
      throw new IllegalStateException(versions + " has no parents");
    }
    Files.createSymbolicLink(link, base.relativize(version.folder()));
  }

  /** Puts a prepared link in the place of whatever link there is. */
  void swap(Path link) throws IOException {
    Files.move(link, path, StandardCopyOption.ATOMIC_MOVE);
    DurableFiles.syncParent(path);
  }
}
