package io.mlserve.archive;

import io.mlserve.error.DiskFailure;
import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/**
 * The folder in which the content is to appear, links resolved.
 *
 * @param folder absolute path
 * @param state what is there now
 */
record Target(Path folder, State state) {
  enum State {
    ABSENT,
    EMPTY,
    FILLED
  }

  /** Looks at {@code into}; its parent must exist. */
  static Target of(Path into) {
    try {
      if (Files.isDirectory(into)) {
        Path folder = into.toRealPath();
        return new Target(folder, isEmpty(folder) ? State.EMPTY : State.FILLED);
      }
      if (Files.exists(into, LinkOption.NOFOLLOW_LINKS)) {
        throw new MlserveException(
            ErrorCode.INVALID_ARGUMENT,
            SafeText.quote(into.toString()) + " is not a folder (expected: a new or empty folder)");
      }
      return new Target(absent(into.toAbsolutePath()), State.ABSENT);
    } catch (IOException e) {
      throw DiskFailure.of("cannot look at " + SafeText.quote(into), e);
    }
  }

  private static Path absent(Path into) throws IOException {
    Path parent = into.getParent();
    Path name = into.getFileName();
    if (parent == null || name == null || !Files.isDirectory(parent)) {
      throw new MlserveException(
              ErrorCode.NOT_FOUND,
              "no folder " + SafeText.quote(String.valueOf(parent)) + " to unpack into")
          .withHint("create it first");
    }
    return parent.toRealPath().resolve(name);
  }

  private static boolean isEmpty(Path folder) throws IOException {
    try (DirectoryStream<Path> children = Files.newDirectoryStream(folder)) {
      return !children.iterator().hasNext();
    }
  }

  /** {@code FAILED_PRECONDITION} if a rename cannot put another folder in this one's place. */
  void checkReplaceable() {
    if (state != State.EMPTY) {
      return;
    }
    try {
      Path parent = folder.getParent();
      if (parent == null
          || !Files.getFileStore(parent).equals(Files.getFileStore(folder))
          || folder.equals(Path.of("").toRealPath())) {
        throw new MlserveException(
                ErrorCode.FAILED_PRECONDITION,
                SafeText.quote(folder.toString())
                    + " is a mount point or the current folder and cannot be replaced in one step")
            .withHint("name a new folder inside it");
      }
    } catch (IOException e) {
      throw DiskFailure.of("cannot look at " + SafeText.quote(folder), e);
    }
  }
}
