package io.mlserve.remote;

import static io.mlserve.remote.ModelSourceContract.assertCode;
import static org.assertj.core.api.Assertions.assertThat;

import io.mlserve.error.ErrorCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileSourceTest implements ModelSourceContract {
  @TempDir private Path folder;

  @Override
  public void publish(String path, byte[] bytes) {
    try {
      Path file = folder.resolve(path);
      Files.createDirectories(file.getParent());
      Files.write(file, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public ModelSource open() {
    return openAt("");
  }

  @Override
  public ModelSource openAt(String path) {
    return ModelSources.open(
        SourceUri.parse(folder.toString()).resolve(path), SourceOptions.DEFAULTS);
  }

  @Test
  void nameThatCouldEscapeAListingIsRefused() {
    publish("model/a\nb", TEXT);
    try (ModelSource source = open()) {
      assertCode(ErrorCode.DATA_LOSS, () -> source.list("model"));
    }
  }

  @Test
  void folderHasNoBytes() {
    publish("model/a", TEXT);
    try (ModelSource source = open()) {
      assertThat(source.stat("model").orElseThrow().folder()).isTrue();
      assertCode(ErrorCode.INVALID_ARGUMENT, () -> source.open("model", 0, Optional.empty()));
    }
  }
}
