package io.mlserve.commands;

import io.mlserve.model.ModelName;
import java.nio.file.Path;
import picocli.CommandLine.ITypeConverter;

/**
 * A model to serve, given as {@code NAME=PATH} or as {@code PATH}, which is then named after its
 * folder or file.
 */
record ModelArgument(ModelName name, Path path) {
  static ModelArgument parse(String text) {
    int equals = text.indexOf('=');
    if (equals > 0 && text.lastIndexOf('/', equals) < 0) {
      return new ModelArgument(
          new ModelName(text.substring(0, equals)), Path.of(text.substring(equals + 1)));
    }
    Path path = Path.of(text);
    return new ModelArgument(nameOf(path), path);
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
      return parse(text);
    }
  }
}
