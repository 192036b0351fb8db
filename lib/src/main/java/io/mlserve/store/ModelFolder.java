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
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a served model lies on disk. Three layouts are understood:
 *
 * <ul>
 *   <li>a single {@code .onnx} file, with a timestamp file beside it or none;
 *   <li>a folder, or a link to one, with one model ({@code model.onnx}, or the only {@code *.onnx})
 *       and a timestamp file or none; a folder that is called {@code 7} or {@code 7-anything} in
 *       truth is version 7;
 *   <li>a base folder with a subfolder per version, called by its number ({@code 1}, {@code 2},
 *       {@code 00000123}, ...), and a timestamp file or none.
 * </ul>
 *
 * <p>Only reads, never writes, and looks anew each time: a layout may appear or change while it is
 * watched. Stateless, so any thread may call.
 *
 * @param timestampFile name of the file beside the model whose touch announces a new version
 */
public record ModelFolder(Path path, String timestampFile) {
  private static final Logger log = LoggerFactory.getLogger(ModelFolder.class);

  private static final Pattern VERSION = Pattern.compile("([0-9]{1,32})(?:-.*)?");
  private static final String ONNX = ".onnx";
  private static final String USUAL_NAME = "model.onnx";

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
      NavigableMap<Long, String> versions = numbered();
      return versions.isEmpty() ? Optional.empty() : Optional.of(new ModelMark.Numbered(versions));
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
      for (Map.Entry<Long, Path> version : versions().entrySet()) {
        try {
          modelIn(version.getValue().toRealPath())
              .ifPresent(
                  model -> found.add(new ModelFiles(OptionalLong.of(version.getKey()), model)));
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

  /**
   * The version folders in which a model lies, newest first, each with all that is known of its
   * files. {@code UNAVAILABLE} when that cannot be found out. A single folder that cannot be read
   * is as if it were not there, so that it does not hide the others.
   */
  public NavigableMap<Long, String> numbered() {
    NavigableMap<Long, String> found = new TreeMap<>(Comparator.reverseOrder());
    try {
      for (Map.Entry<Long, Path> version : versions().entrySet()) {
        Path folder = version.getValue();
        try {
          if (!onnxFiles(folder).isEmpty()) {
            found.put(version.getKey(), facts(folder));
          }
        } catch (IOException | UncheckedIOException e) {
          log.debug("version folder {} cannot be read", folder, e);
        }
      }
      return found;
    } catch (NoSuchFileException e) {
      return found;
    } catch (IOException | UncheckedIOException e) {
      throw new MlserveException(
          ErrorCode.UNAVAILABLE, "cannot read model folder " + path + ": " + e.getMessage(), e);
    }
  }

  /** The model in version folder {@code version}; errors as in {@link #versionFiles}. */
  public ModelFiles files(long version) {
    try {
      Path model =
          modelIn(versionFolder(version).toRealPath())
              .orElseThrow(
                  () ->
                      new MlserveException(
                          ErrorCode.NOT_FOUND, "no model in version folder " + version));
      return new ModelFiles(OptionalLong.of(version), model);
    } catch (NoSuchFileException e) {
      throw new MlserveException(ErrorCode.NOT_FOUND, "no version folder " + version, e);
    } catch (IOException | UncheckedIOException e) {
      throw new MlserveException(ErrorCode.UNAVAILABLE, "cannot read version folder " + version, e);
    }
  }

  /**
   * The model itself where the path is a model file or a folder with one, or empty where version
   * folders lie below it; errors as in {@link #versionFiles}.
   */
  public Optional<ModelFiles> single() {
    try {
      if (Files.isRegularFile(path)) {
        return Optional.of(new ModelFiles(OptionalLong.empty(), path.toRealPath()));
      }
      Path real = path.toRealPath();
      return modelIn(real).map(model -> new ModelFiles(number(real), model));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException | UncheckedIOException e) {
      throw new MlserveException(
          ErrorCode.UNAVAILABLE, "cannot read model folder " + path + ": " + e.getMessage(), e);
    }
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

  /** The folders whose names are numbers, newest first; of two for one number the shorter name. */
  private NavigableMap<Long, Path> versions() throws IOException {
    NavigableMap<Long, Path> versions = new TreeMap<>(Comparator.reverseOrder());
    try (Stream<Path> children = Files.list(path)) {
      children
          .filter(Files::isDirectory)
          .sorted(Comparator.comparingInt(child -> String.valueOf(child.getFileName()).length()))
          .forEach(
              child ->
                  number(child, false).ifPresent(version -> versions.putIfAbsent(version, child)));
      return versions;
    } catch (NotDirectoryException e) {
      return versions;
    }
  }

  private Path versionFolder(long version) throws IOException {
    Path folder = versions().get(version);
    if (folder == null) {
      throw new NoSuchFileException(path.resolve("" + version).toString());
    }
    return folder;
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
    try {
      return OptionalLong.of(Long.parseLong(form.group(1)));
    } catch (NumberFormatException e) {
      return OptionalLong.empty(); // beyond 2^63
    }
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
