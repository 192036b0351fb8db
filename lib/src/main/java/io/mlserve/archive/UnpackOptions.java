package io.mlserve.archive;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import java.util.function.Consumer;

/**
 * What a caller may choose, apart from limits.
 *
 * @param strip how many leading names to drop from each path; members with no more names than that
 *     are left out and counted in {@link UnpackResult#skipped()}
 * @param acceptSame whether a target folder that already holds exactly what the archive holds is
 *     fine (found out by reading both) or, like every other filled folder, refused at once
 * @param watcher told of each member once it is written, on the calling thread
 */
public record UnpackOptions(int strip, boolean acceptSame, Consumer<Member> watcher) {
  /** Nothing stripped, a filled folder refused, nobody told. */
  public static final UnpackOptions DEFAULTS = new UnpackOptions(0, false, member -> {});

  public UnpackOptions {
    if (strip < 0) {
      throw new MlserveException(
          ErrorCode.INVALID_ARGUMENT, "names to strip: " + strip + " (expected: at least 0)");
    }
  }
}
