package io.mlserve.store;

import io.mlserve.error.DiskFailure;
import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The versions of one model on the local disk, and the served name that points to one of them:
 *
 * <pre>
 * DIR/NAME -> .versions/NAME/3-5f2b8c01d9e4     the served name, a relative link
 * DIR/.versions/NAME/1-.../ 2-.../ 3-.../       immutable, complete, flushed to the disk
 * DIR/.versions/NAME/.lock                      held while this object is open
 * DIR/.versions/NAME/.work/                     link, stamp and trash under construction
 * </pre>
 *
 * <p>A reader of the served name sees the old set of files or the new one, whenever this process is
 * killed. One window exists: a served name that was a real folder before the first install must be
 * renamed away before the link can take its place, and for those microseconds nothing has that
 * name, because Java cannot exchange two names. A kill in that window is repaired by the next
 * {@link #open}.
 *
 * <p>Not thread-safe: one owner, who closes it.
 */
public final class VersionStore implements AutoCloseable {
  private static final String VERSIONS = ".versions";
  private static final String NO_DIGEST = "0".repeat(64);

  private final ServedName served;
  private final Path versions;
  private final Path work;
  private final String timestampName;
  private final InstallLock lock;

  private @Nullable InstalledVersion previous; // served before the last install of this object

  private VersionStore(ServedName served, String timestampName, InstallLock lock) {
    this.served = served;
    this.versions = served.versions();
    this.work = versions.resolve(".work");
    this.timestampName = timestampName;
    this.lock = lock;
  }

  /**
   * Locks the versions of the model that is served as {@code model}, makes the folders that are
   * missing, and repairs what a killed predecessor left. {@code LOCKED} names the other process if
   * there is one.
   *
   * @param timestampName the timestamp file's name inside the model folder
   */
  public static VersionStore open(Path model, String timestampName) {
    ServedName served = served(model);
    Path live = served.path();
    checkName(timestampName);
    served.checkReplaceable();
    try {
      Files.createDirectories(served.versions());
      return repaired(
          new VersionStore(
              served, timestampName, InstallLock.take(served.versions(), ".lock", live)));
    } catch (IOException e) {
      throw DiskFailure.of("cannot use " + served.versions(), e);
    }
  }

  private static ServedName served(Path model) {
    Path live = model.toAbsolutePath().normalize();
    Path folder = live.getParent();
    Path name = live.getFileName();
    if (folder == null || name == null || name.toString().equals(VERSIONS)) {
      throw new MlserveException(
          ErrorCode.INVALID_ARGUMENT, "'" + model + "' (expected: a model folder, DIR/NAME)");
    }
    return new ServedName(live, folder.resolve(VERSIONS).resolve(name));
  }

  /** The folder of all versions of {@code model}, whether it is there or not. */
  public static Path folderOf(Path model) {
    return served(model).versions();
  }

  /** As {@link #current}, for a look without a lock at what may change the next moment. */
  public static Optional<InstalledVersion> servedAs(Path model) {
    return current(served(model));
  }

  private static Optional<InstalledVersion> current(ServedName served) {
    try {
      return served.version();
    } catch (IOException e) {
      throw DiskFailure.of("cannot read link " + served.path(), e);
    }
  }

  private static void checkName(String timestampName) {
    Path path = Path.of(timestampName);
    if (timestampName.isEmpty()
        || path.getNameCount() != 1
        || path.isAbsolute()
        || !path.equals(path.normalize())) {
      throw new MlserveException(
          ErrorCode.INVALID_ARGUMENT,
          "timestamp file '" + timestampName + "' (expected: a file name without a folder)");
    }
  }

  private static VersionStore repaired(VersionStore store) throws IOException {
    try {
      store.repair();
      return store;
    } catch (IOException | RuntimeException e) {
      store.close();
      throw e;
    }
  }

  // Versions get their name by one rename of a complete folder, so what has such a name is whole.
  private void repair() throws IOException {
    DurableFiles.deleteTree(work);
    Files.createDirectory(work);
    List<InstalledVersion> all = versions();
    if (!all.isEmpty() && served.isDangling()) {
      served.pointTo(all.get(0), work.resolve("link"));
    }
  }

  /** The folder that all versions lie in. It is on the file system of the served name. */
  public Path folder() {
    return versions;
  }

  /** The version that is served now, or empty if there is none or it is not one of ours. */
  public Optional<InstalledVersion> current() {
    return current(served);
  }

  /** All versions on the disk, the newest first. */
  public List<InstalledVersion> versions() {
    try (Stream<Path> children = Files.list(versions)) {
      return children
          .filter(child -> Files.isDirectory(child, LinkOption.NOFOLLOW_LINKS))
          .flatMap(child -> InstalledVersion.of(child).stream())
          .sorted(Comparator.comparingLong(InstalledVersion::number).reversed())
          .toList();
    } catch (IOException e) {
      throw DiskFailure.of("cannot list " + versions, e);
    }
  }

  /** The {@link ContentDigest} of {@code folder} as a version, timestamp file aside. */
  public String digest(Path folder) {
    try {
      return ContentDigest.of(folder, timestampName);
    } catch (IOException e) {
      throw DiskFailure.of("cannot read " + folder, e);
    }
  }

  /**
   * Makes the files of {@code staged}, a folder on the same file system, the served version; the
   * folder moves. On failure it may be gone, and what was served is still served. When these are
   * the files of the current version already, nothing is installed and the current one returned.
   *
   * <p>The server learns of it by {@link #touch}.
   */
  public InstalledVersion install(Path staged) {
    try {
      Files.deleteIfExists(staged.resolve(timestampName)); // that name is ours to write
      String digest = digest(staged);
      Optional<InstalledVersion> before = current();
      if (before.isPresent() && isSame(before.get(), digest)) {
        return before.get();
      }
      InstalledVersion version =
          served.isRealFolder() ? replaceFolder(staged, digest) : replaceLink(staged, digest);
      before.ifPresent(old -> previous = old);
      return version;
    } catch (IOException e) {
      throw DiskFailure.of("cannot install a version of " + served.path(), e);
    }
  }

  private boolean isSame(InstalledVersion version, String digest) {
    return digest.startsWith(version.digest()) && digest(version.folder()).equals(digest);
  }

  private InstalledVersion replaceLink(Path staged, String digest) throws IOException {
    InstalledVersion version = adopt(staged, nextNumber(), digest);
    served.pointTo(version, work.resolve("link"));
    return version;
  }

  private InstalledVersion replaceFolder(Path staged, String digest) throws IOException {
    InstalledVersion old = version(nextNumber(), digestOfForeign(served.path()));
    InstalledVersion version = adopt(staged, old.number() + 1, digest);
    Path link = work.resolve("link");
    served.prepare(version, link);
    Files.move(served.path(), old.folder(), StandardCopyOption.ATOMIC_MOVE);
    served.swap(link);
    DurableFiles.sync(versions);
    previous = old;
    return version;
  }

  // A folder that somebody else made may hold links; that is no reason never to replace it.
  private String digestOfForeign(Path folder) {
    try {
      return digest(folder);
    } catch (MlserveException e) {
      return NO_DIGEST;
    }
  }

  private InstalledVersion adopt(Path staged, long number, String digest) throws IOException {
    InstalledVersion version = version(number, digest);
    DurableFiles.syncTree(staged);
    Files.move(staged, version.folder(), StandardCopyOption.ATOMIC_MOVE);
    DurableFiles.sync(versions);
    return version;
  }

  // The newest folder is never pruned, so its number is the highest that was ever given out.
  private long nextNumber() {
    return versions().stream().findFirst().map(InstalledVersion::number).orElse(0L) + 1;
  }

  private InstalledVersion version(long number, String digest) {
    Path folder = versions.resolve(InstalledVersion.folderName(number, digest));
    return InstalledVersion.of(folder)
        .orElseThrow(() -> new IllegalStateException("not a version: " + folder));
  }

  /** Whether {@code version} has its timestamp file. */
  public boolean isTouched(InstalledVersion version) {
    return Files.exists(version.folder().resolve(timestampName));
  }

  /** Writes the timestamp file of {@code version}, whole and at once: {@code now} and a digest. */
  public void touch(InstalledVersion version, Instant now) {
    String text = now + " sha256:" + digest(version.folder()) + "\n";
    Path file = version.folder().resolve(timestampName);
    try {
      DurableFiles.replace(file, work.resolve("stamp"), text.getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      throw DiskFailure.of("cannot write timestamp file " + file, e);
    }
  }

  /**
   * Deletes old versions but for the {@code keep} newest. Neither the current version nor the one
   * before it is ever deleted.
   *
   * @return what was deleted
   */
  public List<InstalledVersion> prune(int keep) {
    Optional<InstalledVersion> current = current();
    if (current.isEmpty()) {
      return List.of();
    }
    InstalledVersion before = previous;
    List<InstalledVersion> old =
        versions().stream()
            .filter(version -> !version.equals(current.get()) && !version.equals(before))
            .skip(before == null ? Math.max(1, keep) : Math.max(0, keep - 1))
            .toList();
    old.forEach(this::delete);
    return old;
  }

  // Renamed first: a version under its own name is always whole.
  private void delete(InstalledVersion version) {
    Path trash = work.resolve(version.id());
    try {
      Files.move(version.folder(), trash, StandardCopyOption.ATOMIC_MOVE);
      DurableFiles.deleteTree(trash);
    } catch (IOException e) {
      throw DiskFailure.of("cannot delete old version " + version.folder(), e);
    }
  }

  /** Lets another process in. */
  @Override
  public void close() {
    lock.close();
  }
}
