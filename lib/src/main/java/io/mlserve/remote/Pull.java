package io.mlserve.remote;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Makes a local file or folder equal to a source, or leaves it alone if it is that already. A pull
 * that fails leaves the target as it was; one that is killed is continued by the next.
 *
 * <p>While it runs, no other process can pull into the same target: that one gets {@code LOCKED}.
 */
public final class Pull {
  private final ModelSource source;
  private final DownloadLimits limits;
  private final Retry retry;
  private final Progress progress;

  public Pull(ModelSource source, DownloadLimits limits, Retry retry, Progress progress) {
    this.source = source;
    this.limits = limits;
    this.retry = retry;
    this.progress = progress;
  }

  /** Unpacks {@code archive} into the folder {@code into}, which does not exist; all or nothing. */
  @FunctionalInterface
  public interface Unpacking {
    void unpack(Path archive, Path into);
  }

  /**
   * What to make of the source.
   *
   * @param target the file or folder; its parent must exist
   * @param expected digest of the downloaded file; not for folders
   * @param unpacking how the file becomes a folder, if it shall
   */
  public record Request(Path target, Optional<Checksum> expected, Optional<Unpacking> unpacking) {}

  /** Whether {@code target} was pulled before: then it is replaced, and never put into. */
  public static boolean wasPulled(Path target) {
    return target.getFileName() != null && ReceiptFile.wasPulled(target);
  }

  /** What {@link #run} would do now: the source is asked, nothing is written. */
  public PullResult preview(Request request) {
    try {
      Optional<Receipt> receipt = ReceiptFile.peek(request.target());
      return unchanged(request, receipt).orElseGet(() -> planned(request));
    } catch (IOException e) {
      throw LocalDisk.failure(request.target(), e);
    }
  }

  private PullResult planned(Request request) {
    RemoteEntry entry = entry();
    return new PullResult(
        request.target(), true, entry.size().orElse(0), 0, Optional.empty(), 0, 0);
  }

  /** Pulls, unless there is nothing to do. {@code NOT_FOUND} if the source has nothing there. */
  public PullResult run(Request request) {
    Path target = request.target();
    if (!Files.isDirectory(LocalDisk.folderOf(target))) {
      throw new MlserveException(
          ErrorCode.INVALID_ARGUMENT, "no folder " + LocalDisk.folderOf(target) + " to put it in");
    }
    try (ReceiptFile file = ReceiptFile.lock(target)) {
      LocalTree.repair(target);
      Optional<Receipt> receipt = file.read();
      Optional<PullResult> same = unchanged(request, receipt);
      if (same.isPresent()) {
        return same.get();
      }
      RemoteEntry entry = entry();
      boolean folder = entry.folder() || request.unpacking().isPresent();
      requireReplaceable(target, folder, file.wasPulled());
      Optional<String> state = state(entry);
      Download download = fetch(request, entry);
      install(request, entry, download);
      file.write(
          new Receipt(
              source.identity(),
              form(request, entry),
              state,
              download.sha256(),
              LocalTree.look(target)));
      return new PullResult(
          target,
          true,
          download.bytes(),
          download.files(),
          Optional.of(download.sha256()),
          download.resumedFrom(),
          download.attempts());
    } catch (IOException e) {
      throw LocalDisk.failure(target, e);
    }
  }

  private RemoteEntry entry() {
    return retry
        .call(number -> source.stat(""))
        .orElseThrow(() -> new MlserveException(ErrorCode.NOT_FOUND, "no such file: " + source));
  }

  // Nothing changed if the target looks as the last pull left it, and the source, or the digest
  // that
  // is asked for, is still the one of then.
  private Optional<PullResult> unchanged(Request request, Optional<Receipt> receipt)
      throws IOException {
    Path target = request.target();
    Optional<Checksum> expected = request.expected();
    if (expected.isPresent() && request.unpacking().isEmpty() && Files.isRegularFile(target)) {
      return Checksum.of(target).equals(expected.get())
          ? Optional.of(same(target, expected))
          : Optional.empty();
    }
    Optional<Receipt> last =
        receipt.filter(
            r ->
                r.origin().equals(source.identity())
                    && (r.form() == Receipt.Form.UNPACKED) == request.unpacking().isPresent());
    if (last.isEmpty()
        || !LocalTree.exists(target)
        || !LocalTree.look(target).equals(last.get().local())) {
      return Optional.empty();
    }
    Optional<Checksum> sha256 = Optional.of(last.get().sha256());
    boolean unchanged =
        expected.isPresent()
            ? expected.equals(sha256)
            : last.get().state().isPresent() && last.get().state().equals(state(entry()));
    return unchanged ? Optional.of(same(target, sha256)) : Optional.empty();
  }

  private static PullResult same(Path target, Optional<Checksum> sha256) {
    return new PullResult(target, false, 0, 0, sha256, 0, 0);
  }

  // What the source calls its state now, if it calls it anything.
  private Optional<String> state(RemoteEntry entry) {
    return entry.folder()
        ? new TreeTransfer(source, limits, retry, progress).state("")
        : entry.validator().map(Validator::token);
  }

  private static void requireReplaceable(Path target, boolean folder, boolean pulled)
      throws IOException {
    boolean isFolder = Files.isDirectory(target);
    if (!LocalTree.exists(target) || (!folder && !isFolder)) {
      return;
    }
    if (folder && isFolder && (pulled || isEmpty(target))) {
      return;
    }
    throw new MlserveException(
            ErrorCode.ALREADY_EXISTS,
            target + " exists and was not pulled (expected: nothing, or an empty folder)")
        .withHint("remove it, or name another target");
  }

  private static boolean isEmpty(Path folder) throws IOException {
    try (DirectoryStream<Path> children = Files.newDirectoryStream(folder)) {
      return !children.iterator().hasNext();
    }
  }

  private Download fetch(Request request, RemoteEntry entry) {
    Path into =
        form(request, entry) == Receipt.Form.FILE ? request.target() : fresh(request.target());
    if (form(request, entry) == Receipt.Form.UNPACKED) {
      into = archive(request.target());
    }
    return new Downloader(source, limits, retry, progress).fetch("", into, request.expected());
  }

  private static void install(Request request, RemoteEntry entry, Download download)
      throws IOException {
    Path target = request.target();
    Path fresh = fresh(target);
    if (form(request, entry) == Receipt.Form.UNPACKED) {
      try {
        LocalDisk.delete(fresh);
        request.unpacking().orElseThrow().unpack(download.path(), fresh);
      } finally {
        LocalDisk.delete(download.path());
      }
    }
    if (form(request, entry) != Receipt.Form.FILE) {
      LocalTree.replace(fresh, target);
    }
  }

  private static Receipt.Form form(Request request, RemoteEntry entry) {
    if (entry.folder()) {
      return Receipt.Form.FOLDER;
    }
    return request.unpacking().isPresent() ? Receipt.Form.UNPACKED : Receipt.Form.FILE;
  }

  private static Path fresh(Path target) {
    return target.resolveSibling("." + target.getFileName() + ".new");
  }

  private static Path archive(Path target) {
    return target.resolveSibling("." + target.getFileName() + ".archive");
  }
}
