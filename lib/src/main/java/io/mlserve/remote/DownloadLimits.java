package io.mlserve.remote;

/**
 * What a download may grow to.
 *
 * @param bytes of all files together
 * @param files files and folders together
 * @param depth of folders
 */
public record DownloadLimits(long bytes, int files, int depth) {
  /** No limit on bytes but the free space, 100,000 files, 32 folders deep. */
  public static final DownloadLimits DEFAULTS = new DownloadLimits(Long.MAX_VALUE, 100_000, 32);

  public DownloadLimits withBytes(long newBytes) {
    return new DownloadLimits(newBytes, files, depth);
  }
}
