package io.mlserve.commands;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.model.ModelName;
import java.nio.file.Path;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A model to serve, given as {@code NAME=PATH} or as {@code PATH}, which is then named after its
 * folder or file.
 */
record ModelArgument(ModelName name, Path path) {
  static ModelArgument parse(String text) {
    int equals = text.indexOf('=');
    if (equals > 0 && text.lastIndexOf('/', equals) < 0) {
      return new ModelArgument(
          new ModelName(text.substring(0, equals)), path(text, text.substring(equals + 1)));
    }
    Path path = path(text, text);
    return new ModelArgument(nameOf(path), path);
  }

  private static Path path(String argument, String path) {
    if (path.isEmpty()) { // would be the current folder, which nobody means
      throw new MlserveException(
          ErrorCode.INVALID_ARGUMENT, "'" + argument + "' has no path (expected: [NAME=]PATH)");
    }
    return Path.of(path);
  }

  static ModelName nameOf(Path path) {
    Path last = path.toAbsolutePath().normalize().getFileName();
    String name = last == null ? "model" : last.toString();
    return new ModelName(
        name.endsWith(".onnx") ? name.substring(0, name.length() - ".onnx".length()) : name);
  }

  /** For picocli. */
  static final class Converter implements ITypeConverter<ModelArgument> {
    @Override
    public ModelArgument convert(String text) {
      try {
        return parse(text);
      } catch (MlserveException e) {
        throw new TypeConversionException(e.message());
      }
    }
  }
}
