package io.mlserve.store;

import io.mlserve.error.DiskFailure;
import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The folder of one version below a model's base folder, to be deleted when nobody needs it. */
public final class VersionFolder {
  private VersionFolder() {}

  /**
   * The folder in which {@code model} is the model file. {@code FAILED_PRECONDITION} if it is not a
   * folder that is called by the number of the version: then more than one version may live in it.
   */
  public static Path of(Path model, long version) {
    Path folder = Optional.ofNullable(model.toAbsolutePath().getParent()).orElse(model);
    String name = String.valueOf(folder.getFileName());
    if (name.matches("0*" + version) && Files.isDirectory(folder) && isReal(folder)) {
      return folder;
    }
    throw new MlserveException(
        ErrorCode.FAILED_PRECONDITION,
        model + ": its files cannot be deleted (expected: in a folder called " + version + ")");
  }

  private static boolean isReal(Path folder) {
    try {
      return folder.toRealPath().equals(folder.normalize());
    } catch (IOException e) {
      return false;
    }
  }

  /** Deletes it with all that is in it; links in it are deleted, not followed. */
  public static void delete(Path folder) {
    try {
      DurableFiles.deleteTree(folder);
    } catch (IOException e) {
      throw DiskFailure.of("cannot delete " + folder, e);
    }
  }
}
