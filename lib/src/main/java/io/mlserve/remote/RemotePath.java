package io.mlserve.remote;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Paths inside a source: relative, parts separated by {@code /}, the empty path being the root.
 *
 * <p>What a server lists is checked with {@link #checkName} before it becomes a part of a path or
 * of a file name: a name is one part, so it cannot lead anywhere else.
 */
final class RemotePath {
  private static final int NAME_BYTES = 255; // the longest name that common file systems take

  private RemotePath() {}

  /** {@code INVALID_ARGUMENT} unless {@code path} is a path that stays below its root. */
  static String check(String path) {
    if (!path.isEmpty()) {
      for (String part : path.split("/", -1)) {
        String fault = fault(part);
        if (fault != null) {
          throw new MlserveException(
              ErrorCode.INVALID_ARGUMENT,
              "path '" + path + "' " + fault + " (expected: plain names separated by '/')");
        }
      }
    }
    return path;
  }

  /** {@code DATA_LOSS} unless {@code name}, which {@code source} sent, is one plain name. */
  static String checkName(String name, Object source) {
    String fault = fault(name);
    if (fault != null) {
      throw new MlserveException(
          ErrorCode.DATA_LOSS,
          source + " lists '" + name + "', which " + fault + " (expected: a plain file name)");
    }
    return name;
  }

  private static @Nullable String fault(String name) {
    if (name.isEmpty()) {
      return "has an empty name";
    }
    if (name.equals(".") || name.equals("..")) {
      return "leads out of its folder";
    }
    if (name.indexOf('/') >= 0 || name.indexOf('\\') >= 0) {
      return "has a separator in a name";
    }
    if (Text.hasControls(name)) {
      return "has a control character";
    }
    return name.getBytes(StandardCharsets.UTF_8).length > NAME_BYTES ? "is too long" : null;
  }

  static String join(String folder, String name) {
    return folder.isEmpty() ? name : folder + "/" + name;
  }

  /** The last part; empty for the root. */
  static String last(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /** The folder that {@code path} lies in; empty for what lies in the root. */
  static String parent(String path) {
    return path.substring(0, Math.max(0, path.lastIndexOf('/')));
  }
}
