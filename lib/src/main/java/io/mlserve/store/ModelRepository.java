package io.mlserve.store;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * A folder with a subfolder per model, named like it. Names that start with a dot or an underscore
 * are somebody's scratch space, and not looked at. Stateless, so any thread may call.
 *
 * @param timestampFile as in {@link ModelFolder}
 */
public record ModelRepository(Path path, String timestampFile) {
  /** The names of the subfolders, sorted; {@code UNAVAILABLE} if the folder cannot be read. */
  public List<String> names() {
    try (Stream<Path> children = Files.list(path)) {
      return children
          .filter(Files::isDirectory)
          .map(child -> String.valueOf(child.getFileName()))
          .filter(name -> !name.startsWith(".") && !name.startsWith("_"))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new MlserveException(
          ErrorCode.UNAVAILABLE, "cannot read model repository " + path + ": " + e.getMessage(), e);
    }
  }

  /** The folder of the model {@code name}, there or not. */
  public ModelFolder folder(String name) {
    return new ModelFolder(path.resolve(name), timestampFile);
  }
}
