package io.mlserve.archive;

import io.mlserve.error.DiskFailure;
import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Unpacks tar, tar.gz, tar.bz2, tar.xz, tar.zst and zip archives, known by their content.
 *
 * <p>The target is a folder that does not exist yet, or an empty one. Everything is written to a
 * staging folder beside it, made durable, and renamed into place once the archive was read to its
 * end and every checksum held: the target appears whole or not at all. Members lie in the target as
 * they lie in the archive; permissions are 0644 and 0755 less the umask, and owners, times, links
 * and attributes of the archive are not taken over.
 *
 * <p>Failures: {@code DATA_LOSS} for an archive that is unsafe, damaged or not supported, {@code
 * RESOURCE_EXHAUSTED} for a limit or a full disk, {@code ALREADY_EXISTS} for a filled target,
 * {@code NOT_FOUND}, {@code PERMISSION_DENIED}, {@code UNAVAILABLE} when reading fails, {@code
 * ABORTED} when the thread is interrupted. After a failure nothing is left behind; after a kill,
 * the next unpacking to the same target removes what is.
 *
 * <p>Immutable; may be shared by threads. The work is done on the calling thread.
 */
public final class Unpacker {
  private final UnpackLimits limits;

  public Unpacker(UnpackLimits limits) {
    this.limits = limits;
  }

  /** Unpacks the file {@code archive} into the folder {@code into}, whose parent must exist. */
  public UnpackResult unpack(Path archive, Path into, UnpackOptions options) {
    return reading(archive, source -> unpack(source, into, options));
  }

  /**
   * Unpacks what {@code archive} gives until it ends; the caller closes it. {@code label} stands
   * for it in messages. A zip is copied beside the target first: its directory stands at the end.
   */
  public UnpackResult unpack(InputStream archive, String label, Path into, UnpackOptions options) {
    return labelled(label, () -> unpack(Source.of(archive, Optional.empty()), into, options));
  }

  /**
   * Reads and verifies {@code archive} exactly as unpacking it would, and shows each member to
   * {@code watcher} instead of writing it.
   */
  public Format list(Path archive, Consumer<Member> watcher) {
    return reading(archive, source -> list(source, watcher));
  }

  /** As the other {@code list}, for a stream that the caller closes. */
  public Format list(InputStream archive, String label, Consumer<Member> watcher) {
    return labelled(label, () -> list(Source.of(archive, Optional.empty()), watcher));
  }

  private UnpackResult unpack(Source source, Path into, UnpackOptions options) throws IOException {
    Target target = Target.of(into);
    return switch (target.state()) {
      case FILLED -> compare(source, target.folder(), options);
      case EMPTY, ABSENT -> fill(source, target, options);
    };
  }

  private UnpackResult fill(Source source, Target target, UnpackOptions options)
      throws IOException {
    target.checkReplaceable();
    try (Staging staging = Staging.beside(target.folder())) {
      Meter meter = new Meter(limits);
      UnpackResult result;
      try (StagedTree tree = new StagedTree(staging.tree())) {
        Gate gate = new Gate(meter, options, tree);
        Format format = new ArchiveReader(meter, staging.spool()).read(source, gate);
        result = result(target.folder(), format, gate, false);
        tree.sync();
      }
      staging.publish(target.folder());
      return result;
    }
  }

  private UnpackResult compare(Source source, Path folder, UnpackOptions options)
      throws IOException {
    if (!options.acceptSame()) {
      throw ExistingTree.filled(folder);
    }
    ExistingTree tree = new ExistingTree(folder);
    Meter meter = new Meter(limits);
    Gate gate = new Gate(meter, options, tree);
    Format format = readAside(source, meter, gate);
    tree.finish();
    return result(folder, format, gate, true);
  }

  private Format list(Source source, Consumer<Member> watcher) throws IOException {
    Meter meter = new Meter(limits);
    UnpackOptions options = new UnpackOptions(0, false, watcher);
    Gate gate = new Gate(meter, options, MemberSink.NOWHERE);
    Format format = readAside(source, meter, gate);
    checkFiles(gate);
    return format;
  }

  private static Format readAside(Source source, Meter meter, Gate gate) throws IOException {
    Path aside = Files.createTempDirectory("mlserve-unpack-");
    Path spool = aside.resolve("spool");
    try {
      return new ArchiveReader(meter, spool).read(source, gate);
    } finally {
      Files.deleteIfExists(spool);
      Files.delete(aside);
    }
  }

  private static UnpackResult result(Path folder, Format format, Gate gate, boolean unchanged) {
    checkFiles(gate);
    return new UnpackResult(
        folder, format, gate.files(), gate.folders(), gate.bytes(), gate.skipped(), unchanged);
  }

  private static void checkFiles(Gate gate) {
    if (gate.files() == 0 && gate.skipped() > 0) {
      throw new MlserveException(
          ErrorCode.INVALID_ARGUMENT,
          "no file is left when that many names are stripped: all "
              + gate.skipped()
              + " members have fewer");
    }
    if (gate.files() == 0) {
      throw Refusal.damaged("the archive holds no files");
    }
  }

  private interface Step<T> {
    T run() throws IOException;
  }

  private interface SourceStep<T> {
    T run(Source source) throws IOException;
  }

  private static <T> T reading(Path archive, SourceStep<T> step) {
    return labelled(
        archive.toString(),
        () -> {
          try (InputStream in = open(archive)) {
            Optional<Path> file =
                Files.isRegularFile(archive) ? Optional.of(archive) : Optional.empty();
            return step.run(Source.of(in, file));
          }
        });
  }

  private static InputStream open(Path archive) {
    try {
      if (Files.isDirectory(archive)) {
        throw new MlserveException(
            ErrorCode.INVALID_ARGUMENT, "is a folder (expected: an archive)");
      }
      return Files.newInputStream(archive);
    } catch (NoSuchFileException e) {
      throw new MlserveException(ErrorCode.NOT_FOUND, "no such file", e);
    } catch (IOException e) {
      throw DiskFailure.of("cannot read " + SafeText.quote(archive), e);
    }
  }

  // Every failure names the archive; those of decompressors and formats become damage.
  private static <T> T labelled(String label, Step<T> step) {
    try {
      return step.run();
    } catch (MlserveException e) {
      throw relabelled(label, e.code(), e.message(), e.hint(), e);
    } catch (Source.Broken e) {
      MlserveException failure = DiskFailure.of("cannot read " + SafeText.quote(label), e.reason());
      throw relabelled(label, failure.code(), failure.message(), Optional.empty(), e);
    } catch (EOFException e) {
      throw relabelled(label, ErrorCode.DATA_LOSS, "cut off: " + text(e), Optional.empty(), e);
    } catch (IOException e) {
      throw relabelled(label, ErrorCode.DATA_LOSS, "damaged: " + text(e), Optional.empty(), e);
    }
  }

  private static MlserveException relabelled(
      String label, ErrorCode code, String message, Optional<String> hint, Throwable cause) {
    MlserveException failure =
        new MlserveException(code, SafeText.of(label) + ": " + message, cause);
    return hint.isPresent() ? failure.withHint(hint.get()) : failure;
  }

  private static String text(IOException failure) {
    String message = failure.getMessage();
    return message == null ? "it ends too early" : SafeText.of(message);
  }
}
