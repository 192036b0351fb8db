package io.mlserve.archive;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;

/**
 * How much an archive may unpack to. Everything is counted while it streams; what an archive
 * declares is only ever a reason to refuse it earlier.
 *
 * @param maxBytes bytes of all files together. Default 64 GiB: above the largest ONNX models in use
 *     with their external data, below what fills a node's disk unnoticed
 * @param maxRatio bytes out per byte in, applied once more than {@link #FREE_BYTES} came out.
 *     Default 100: weights compress to a half at best, JSON and vocabularies to a tenth; only runs
 *     of zeros and bombs reach a hundred (deflate ends at about 1030)
 * @param maxEntries members, and folders that they imply. Default 100,000: model folders hold tens
 *     to thousands of files; this bounds inodes and memory (about 100 MB at worst)
 * @param maxDepth names in a path. Default 32: an honest folder has a handful, and 32 names of 255
 *     bytes is more than a path may be long
 */
public record UnpackLimits(long maxBytes, long maxRatio, int maxEntries, int maxDepth) {
  /** Bytes that may come out whatever the ratio: small archives of text compress well. */
  public static final long FREE_BYTES = 64L << 20;

  public static final UnpackLimits DEFAULTS = new UnpackLimits(64L << 30, 100, 100_000, 32);

  /** {@code INVALID_ARGUMENT} for a limit below 1 (bytes: below 0). */
  public UnpackLimits {
    check("limit on bytes", maxBytes, 0);
    check("limit on the ratio", maxRatio, 1);
    check("limit on entries", maxEntries, 1);
    check("limit on depth", maxDepth, 1);
  }

  private static void check(String what, long value, long least) {
    if (value < least) {
      throw new MlserveException(
          ErrorCode.INVALID_ARGUMENT,
          what + " is " + value + " (expected: at least " + least + ")");
    }
  }
}
