package io.mlserve.remote;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Brings a file or a folder of a source to this disk, whole or not at all. What is temporary is
 * tried again; what came before a failure, or before the process was killed, is continued as long
 * as the remote file stays the same. Until everything is here, checked and synced, it lies beside
 * the target with {@code .part} at its name.
 *
 * <p>Not thread-safe; two downloads into one target at the same time must be kept apart by their
 * callers.
 */
public final class Downloader {
  private final ModelSource source;
  private final DownloadLimits limits;
  private final Retry retry;
  private final Progress progress;

  public Downloader(ModelSource source, DownloadLimits limits, Retry retry, Progress progress) {
    this.source = source;
    this.limits = limits;
    this.retry = retry;
    this.progress = progress;
  }

  /**
   * Fetches {@code path} as {@code into}, whose folder must exist. A file there is replaced; a
   * folder may be only an empty one. {@code NOT_FOUND} if the source has no such thing, {@code
   * DATA_LOSS} if it is not what {@code expected} or the folder's {@code MANIFEST.sha256} says,
   * {@code RESOURCE_EXHAUSTED} at a limit or without space.
   *
   * @param expected digest of a file; not for folders
   */
  public Download fetch(String path, Path into, Optional<Checksum> expected) {
    RemotePath.check(path);
    RemoteEntry entry = retry.call(number -> source.stat(path)).orElseThrow(() -> notFound(path));
    if (Files.isDirectory(LocalDisk.folderOf(into))) {
      return entry.folder() ? folder(path, into, expected) : file(path, into, expected);
    }
    throw new MlserveException(
        ErrorCode.INVALID_ARGUMENT, "no folder " + LocalDisk.folderOf(into) + " to put it in");
  }

  private Download file(String path, Path into, Optional<Checksum> expected) {
    if (Files.isDirectory(into)) {
      throw new MlserveException(
          ErrorCode.ALREADY_EXISTS, into + " is a folder (expected: a file)");
    }
    FileTransfer transfer = new FileTransfer(source, path, into, limits.bytes(), progress);
    return retry.call(
        number -> {
          FileTransfer.Result result = transfer.run(expected);
          return new Download(
              into,
              result.bytes(),
              1,
              result.sha256(),
              result.resumedFrom(),
              number,
              result.validator());
        });
  }

  private Download folder(String path, Path into, Optional<Checksum> expected) {
    if (expected.isPresent()) {
      throw new MlserveException(
          ErrorCode.INVALID_ARGUMENT,
          "a checksum is given but " + source + " is a folder (expected: a file)");
    }
    return new TreeTransfer(source, limits, retry, progress).run(path, into);
  }

  private MlserveException notFound(String path) {
    return new MlserveException(
        ErrorCode.NOT_FOUND, "no such file: " + (path.isEmpty() ? source : path + " of " + source));
  }
}
