package io.mlserve.config;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.serving.ModelSettings;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/**
 * A file that lists models. Which language it is in is told from its content: TensorFlow Serving's
 * has a {@code model_config_list}, ours is YAML. Stateless, so any thread may call.
 *
 * @param timestampFile name of the timestamp file where the configuration names none
 */
public record ConfigFile(Path path, String timestampFile) {
  private static final long MOST_BYTES = 4 << 20;

  /** What the file says. */
  public record Content(String text, List<ModelSettings> models) {}

  /** The text as it is now: {@code NOT_FOUND} if there is none, {@code UNAVAILABLE} otherwise. */
  public String text() {
    try {
      if (Files.size(path) > MOST_BYTES) {
        throw new MlserveException(
            ErrorCode.INVALID_ARGUMENT,
            path + ": " + Files.size(path) + " bytes (expected: at most " + MOST_BYTES + ")");
      }
      return Files.readString(path);
    } catch (NoSuchFileException e) {
      throw new MlserveException(ErrorCode.NOT_FOUND, "no configuration file " + path, e);
    } catch (MalformedInputException e) {
      throw new MlserveException(ErrorCode.INVALID_ARGUMENT, path + ": no UTF-8 text", e);
    } catch (IOException e) {
      throw new MlserveException(ErrorCode.UNAVAILABLE, "cannot read " + path, e);
    }
  }

  /** {@code INVALID_ARGUMENT} says what is wrong in it. */
  public Content read() {
    String text = text();
    return new Content(text, parse(text));
  }

  /** The models that {@code text} lists if it were in this file. */
  public List<ModelSettings> parse(String text) {
    try {
      return TfsConfig.isOne(text)
          ? TfsConfig.parse(text, timestampFile)
          : YamlConfig.parse(text, folder(), timestampFile);
    } catch (MlserveException e) {
      MlserveException named =
          new MlserveException(e.code(), path.getFileName() + ": " + e.message(), e);
      throw e.hint().map(named::withHint).orElse(named);
    }
  }

  private Path folder() {
    Path parent = path.toAbsolutePath().getParent();
    return parent == null ? path.toAbsolutePath() : parent;
  }
}
