package io.mlserve.monitor;

import io.mlserve.archive.Format;
import io.mlserve.archive.UnpackOptions;
import io.mlserve.archive.Unpacker;
import io.mlserve.error.DiskFailure;
import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** Turns what was pulled, an archive, a folder or a bare file, into the folder of a version. */
final class ModelPackage {
  private static final List<String> PACKED =
      List.of(".tar", ".tgz", ".gz", ".tbz2", ".bz2", ".txz", ".xz", ".tzst", ".zst", ".zip");

  private final Unpacker unpacker;
  private final Optional<String> unpackedName;

  /**
   * @param unpackedName what the model is called inside its archive; without it, archives are
   *     recognised by name and content, and a single top folder is the model
   */
  ModelPackage(Unpacker unpacker, Optional<String> unpackedName) {
    this.unpacker = unpacker;
    this.unpackedName = unpackedName;
  }

  /** Whether {@link #open} has to unpack {@code pulled}. */
  boolean isPacked(Path pulled) {
    if (Files.isDirectory(pulled)) {
      return false;
    }
    String name = String.valueOf(pulled.getFileName()).toLowerCase(Locale.ROOT);
    return unpackedName.isPresent()
        || PACKED.stream().anyMatch(name::endsWith)
        || (!name.endsWith(".onnx") && looksPacked(pulled));
  }

  private static boolean looksPacked(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return Format.of(in.readNBytes(Format.HEAD)).isPresent();
    } catch (IOException e) {
      throw DiskFailure.of("cannot read " + file, e);
    }
  }

  /**
   * The folder with the model's files, {@code pulled} itself or inside {@code into}, which does not
   * exist yet. {@code DATA_LOSS} if an archive is broken, unsafe, or does not hold the model.
   */
  Path open(Path pulled, Path into) {
    try {
      if (isPacked(pulled)) {
        unpacker.unpack(pulled, into, UnpackOptions.DEFAULTS);
        Files.delete(pulled);
        return unpackedName.isPresent() ? named(into, unpackedName.get()) : top(into);
      }
      return Files.isDirectory(pulled)
          ? unpackedName.map(pulled::resolve).filter(Files::isDirectory).orElse(pulled)
          : alone(pulled, into);
    } catch (IOException e) {
      throw DiskFailure.of("cannot unpack " + pulled.getFileName(), e);
    }
  }

  private static Path named(Path tree, String name) throws IOException {
    Path model = tree.resolve(name).normalize();
    if (!model.startsWith(tree) || !Files.exists(model, LinkOption.NOFOLLOW_LINKS)) {
      throw new MlserveException(
          ErrorCode.DATA_LOSS,
          "the archive has no '" + name + "' (expected: one of " + names(tree) + ")");
    }
    return Files.isDirectory(model) ? model : alone(model, tree.resolveSibling("single"));
  }

  private static Path top(Path tree) throws IOException {
    List<Path> children = children(tree);
    return children.size() == 1 && Files.isDirectory(children.get(0)) ? children.get(0) : tree;
  }

  private static Path alone(Path file, Path folder) throws IOException {
    Files.createDirectories(folder);
    Files.move(file, folder.resolve(file.getFileName()), StandardCopyOption.ATOMIC_MOVE);
    return folder;
  }

  private static String names(Path tree) throws IOException {
    return String.join(
        ", ", children(tree).stream().limit(10).map(p -> "'" + p.getFileName() + "'").toList());
  }

  private static List<Path> children(Path folder) throws IOException {
    try (Stream<Path> children = Files.list(folder)) {
      return children.sorted().toList();
    }
  }
}
