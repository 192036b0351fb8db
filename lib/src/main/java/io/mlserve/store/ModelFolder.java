package io.mlserve.store;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.StringJoiner;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Where a served model lies on disk. Three layouts are understood:
 *
 * <ul>
 *   <li>a single {@code .onnx} file, with a timestamp file beside it or none;
 *   <li>a folder, or a link to one, with one model ({@code model.onnx}, or the only {@code *.onnx})
 *       and a timestamp file or none; a folder that is called {@code 7} or {@code 7-anything} in
 *       truth is version 7;
 *   <li>a base folder with a subfolder per version, called by its number ({@code 1}, {@code 2},
 *       ...), and a timestamp file or none.
 * </ul>
 *
 * <p>Only reads, never writes, and looks anew each time: a layout may appear or change while it is
 * watched. Stateless, so any thread may call.
 */
public final class ModelFolder {
  private static final Pattern VERSION = Pattern.compile("([1-9][0-9]{0,17})(?:-.*)?");
  private static final String ONNX = ".onnx";
  private static final String USUAL_NAME = "model.onnx";

  private final Path path;
  private final String timestampFile;

  public ModelFolder(Path path, String timestampFile) {
    this.path = path;
    this.timestampFile = timestampFile;
  }

  public Path path() {
    return path;
  }

  /**
   * What there is to see now, or empty if there is no model and no timestamp file. {@code
   * UNAVAILABLE} when that cannot be found out; that is never the same as an empty folder.
   */
  public Optional<ModelMark> look() {
    Path folder = Files.isRegularFile(path) ? parent() : path;
    Optional<Stamp> stamp = new TimestampFile(folder.resolve(timestampFile)).read();
    if (stamp.isPresent()) {
      return stamp.map(ModelMark.Touched::new);
    }
    try {
      if (Files.isRegularFile(path) || !onnxFiles(path).isEmpty()) {
        return Optional.of(new ModelMark.Untouched());
      }
      List<Long> versions = versions();
      if (versions.isEmpty()) {
        return Optional.empty();
      }
      long newest = versions.get(0);
      return Optional.of(new ModelMark.Numbered(newest, facts(path.resolve("" + newest))));
    } catch (NoSuchFileException e) {
      return Optional.empty(); // not there yet, or between two looks
    } catch (IOException | UncheckedIOException e) {
      throw new MlserveException(
          ErrorCode.UNAVAILABLE, "cannot read model folder " + path + ": " + e.getMessage(), e);
    }
  }

  /**
   * The versions that lie there, the one to serve first. {@code NOT_FOUND} if there is none, {@code
   * DATA_LOSS} if there is something that is no version.
   */
  public List<ModelFiles> versionFiles() {
    try {
      if (Files.isRegularFile(path)) {
        return List.of(new ModelFiles(OptionalLong.empty(), path.toRealPath()));
      }
      Path real = path.toRealPath();
      Optional<Path> single = modelIn(real);
      if (single.isPresent()) {
        return List.of(new ModelFiles(number(real), single.get()));
      }
      List<ModelFiles> found = new ArrayList<>();
      for (long version : versions()) {
        try {
          modelIn(real.resolve("" + version).toRealPath())
              .ifPresent(model -> found.add(new ModelFiles(OptionalLong.of(version), model)));
        } catch (IOException | UncheckedIOException | MlserveException e) {
          // An older version that cannot be told is no reason not to serve a newer one.
          if (found.isEmpty()) {
            throw e;
          }
        }
      }
      if (!found.isEmpty()) {
        return found;
      }
    } catch (NoSuchFileException e) {
      // falls through: it is not there
    } catch (IOException | UncheckedIOException e) {
      throw new MlserveException(
          ErrorCode.UNAVAILABLE, "cannot read model folder " + path + ": " + e.getMessage(), e);
    }
    throw new MlserveException(ErrorCode.NOT_FOUND, "no model in " + path)
        .withHint(
            "expected an .onnx file, a folder with one, or a folder with version folders 1, 2,"
                + " ...");
  }

  private Path parent() {
    Path parent = path.toAbsolutePath().getParent();
    return parent == null ? path : parent;
  }

  private static Optional<Path> modelIn(Path folder) throws IOException {
    List<Path> files = onnxFiles(folder);
    for (Path file : files) {
      if (file.endsWith(USUAL_NAME)) {
        return Optional.of(file);
      }
    }
    if (files.size() > 1) {
      throw new MlserveException(
          ErrorCode.DATA_LOSS,
          "several models in "
              + folder
              + ": "
              + files.get(0).getFileName()
              + ", "
              + files.get(1).getFileName()
              + " (expected: one, or one that is called "
              + USUAL_NAME
              + ")");
    }
    return files.stream().findFirst();
  }

  private static List<Path> onnxFiles(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> children = Files.list(folder)) {
      return children
          .filter(child -> isModelName(String.valueOf(child.getFileName())))
          .filter(Files::isRegularFile)
          .sorted()
          .toList();
    }
  }

  private static boolean isModelName(String name) {
    return name.endsWith(ONNX) && !name.startsWith(".");
  }

  /** Newest first. */
  private List<Long> versions() throws IOException {
    try (Stream<Path> children = Files.list(path)) {
      return children
          .filter(Files::isDirectory)
          .map(child -> number(child, false))
          .flatMap(number -> number.stream().boxed())
          .sorted(Comparator.reverseOrder())
          .toList();
    } catch (NotDirectoryException e) {
      return List.of();
    }
  }

  private static OptionalLong number(Path folder) {
    return number(folder, true);
  }

  private static OptionalLong number(Path folder, boolean suffixAllowed) {
    String name = String.valueOf(folder.getFileName());
    Matcher form = VERSION.matcher(name);
    if (!form.matches() || (!suffixAllowed && form.end(1) != name.length())) {
      return OptionalLong.empty();
    }
    return OptionalLong.of(Long.parseLong(form.group(1)));
  }

  private static String facts(Path version) throws IOException {
    Path folder = version.toRealPath(); // it may be a link, and then what it names counts
    StringJoiner facts = new StringJoiner("\n");
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path file : all.sorted().toList()) {
        facts.add(folder.relativize(file) + " " + facts(file, Files.isSymbolicLink(file)));
      }
    }
    return facts.toString();
  }

  private static String facts(Path file, boolean link) throws IOException {
    try {
      BasicFileAttributes about = Files.readAttributes(file, BasicFileAttributes.class);
      return about.isRegularFile()
          ? about.size() + " " + about.lastModifiedTime() + " " + about.fileKey()
          : "";
    } catch (NoSuchFileException e) {
      if (link) {
        return "names nothing"; // a state like any other: the model may not need it
      }
      throw e;
    }
  }
}
