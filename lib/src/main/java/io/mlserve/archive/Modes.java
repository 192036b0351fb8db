package io.mlserve.archive;

import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * The permissions that everything unpacked gets, whatever the archive says: 0644 and 0755, less
 * what the umask takes away. A model folder needs no programs, so no file is executable.
 */
final class Modes {
  private static final FileAttribute<?> FILE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r--r--"));
  private static final FileAttribute<?> FOLDER =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x"));

  private Modes() {}

  /** For a file at {@code path}; nothing where the file system has no such permissions. */
  static FileAttribute<?>[] file(Path path) {
    return isPosix(path) ? new FileAttribute<?>[] {FILE} : new FileAttribute<?>[0];
  }

  static FileAttribute<?>[] folder(Path path) {
    return isPosix(path) ? new FileAttribute<?>[] {FOLDER} : new FileAttribute<?>[0];
  }

  private static boolean isPosix(Path path) {
    return path.getFileSystem().supportedFileAttributeViews().contains("posix");
  }
}
