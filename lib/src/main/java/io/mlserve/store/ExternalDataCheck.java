package io.mlserve.store;

import io.mlserve.error.DiskFailure;
import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Sees to it that no ONNX file of a model makes the runtime read a file outside the model: older
 * runtimes open whatever path a tensor's external data names.
 */
public final class ExternalDataCheck {
  private ExternalDataCheck() {}

  /**
   * {@code DATA_LOSS} if some {@code .onnx} file below {@code model} names external data that is
   * not a plain file beside it, reached without links, and long enough. A file that is not ONNX at
   * all passes: a runtime cannot open it, so it reads nothing either.
   *
   * @return the files that could not be read as ONNX
   */
  public static List<Path> check(Path model) {
    try (Stream<Path> files = Files.walk(model)) {
      return files.filter(ExternalDataCheck::isOnnx).filter(file -> !isContained(file)).toList();
    } catch (IOException e) {
      throw DiskFailure.of("cannot read " + model, e);
    }
  }

  private static boolean isOnnx(Path file) {
    return String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT).endsWith(".onnx")
        && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS);
  }

  private static boolean isContained(Path onnx) {
    try {
      ExternalDataScanner.scan(onnx, place -> check(onnx, place));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static void check(Path onnx, Map<String, String> place) {
    String location = place.getOrDefault("location", "");
    Path data = resolve(onnx, location);
    long size = plainFileSize(onnx, location, data);
    long offset = number(onnx, "offset", place);
    long length = number(onnx, "length", place);
    if (offset > size || length > size - offset) {
      throw unsafe(
          onnx,
          "bytes %d to %d of '%s' (expected: within its %d bytes)"
              .formatted(offset, offset + length, location, size));
    }
  }

  private static Path resolve(Path onnx, String location) {
    Path folder = onnx.toAbsolutePath().normalize().getParent();
    try {
      if (folder != null && !location.isEmpty() && location.indexOf('\\') < 0) {
        Path data = folder.resolve(location);
        if (!Path.of(location).isAbsolute()
            && data.equals(data.normalize())
            && data.startsWith(folder)) {
          return data;
        }
      }
    } catch (InvalidPathException e) {
      // refused below
    }
    throw unsafe(onnx, "'" + location + "' (expected: a file beside it)");
  }

  // Each step of the way is looked at, since a folder may be a link as well as a file.
  private static long plainFileSize(Path onnx, String location, Path data) {
    Path folder = onnx.toAbsolutePath().normalize().getParent();
    try {
      for (Path step = data; step != null && !step.equals(folder); step = step.getParent()) {
        if (Files.isSymbolicLink(step)) {
          throw unsafe(onnx, "'" + location + "', a link (expected: a file)");
        }
      }
      if (!Files.isRegularFile(data, LinkOption.NOFOLLOW_LINKS)) {
        throw unsafe(onnx, "'" + location + "' (expected: a file that is there)");
      }
      if (Files.getAttribute(data, "unix:nlink") instanceof Integer links && links > 1) {
        throw unsafe(onnx, "'" + location + "', a hard link (expected: a file of its own)");
      }
      return Files.size(data);
    } catch (IOException e) {
      throw DiskFailure.of("cannot read " + data, e);
    }
  }

  private static long number(Path onnx, String key, Map<String, String> place) {
    String text = place.getOrDefault(key, "0");
    try {
      long value = Long.parseLong(text);
      if (value >= 0) {
        return value;
      }
    } catch (NumberFormatException e) {
      // refused below
    }
    throw unsafe(onnx, key + " '" + text + "' (expected: a number of bytes)");
  }

  private static MlserveException unsafe(Path onnx, String what) {
    return new MlserveException(
        ErrorCode.DATA_LOSS, onnx.getFileName() + " keeps tensor data in " + what);
  }
}
