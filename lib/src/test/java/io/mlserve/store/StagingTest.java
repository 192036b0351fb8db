package io.mlserve.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StagingTest {
  @TempDir Path folder;

  private VersionStore store() {
    return VersionStore.open(folder.resolve("m"), "fluid_time_file");
  }

  @Test
  void debrisIsGoneAtTheNextStart() {
    try (VersionStore store = store()) {
      Staging first = Staging.open(folder.resolve("tmp"), store);
      ModelTree.write(first.folder(), Map.of("model.tar.gz.part", "half"));

      Staging second = Staging.open(folder.resolve("tmp"), store);

      assertThat(second.folder()).isEqualTo(first.folder()).doesNotExist();
      assertThat(second.isMoved()).isFalse();
    }
  }

  @Test
  void eachAttemptStartsEmpty() {
    try (VersionStore store = store()) {
      Staging staging = Staging.open(folder.resolve("tmp"), store);
      ModelTree.write(staging.folder(), Map.of("old", "package"));

      staging.clear();

      assertThat(staging.folder()).isEmptyDirectory();
    }
  }

  @Test
  void modelsOfTheSameNameDoNotShareIt() {
    Path tmp = folder.resolve("tmp");
    try (VersionStore a = VersionStore.open(folder.resolve("a/m"), "t");
        VersionStore b = VersionStore.open(folder.resolve("b/m"), "t")) {
      assertThat(Staging.open(tmp, a).folder()).isNotEqualTo(Staging.open(tmp, b).folder());
    }
  }

  @Test
  void anotherFileSystemIsNotUsed() throws IOException {
    Path shared = Path.of("/dev/shm");
    Assumptions.assumeTrue(Files.isWritable(shared));
    FileStore there = Files.getFileStore(shared);
    Assumptions.assumeFalse(there.equals(Files.getFileStore(folder)));
    Path tmp = Files.createTempDirectory(shared, "mlserve-staging");
    try (VersionStore store = store()) {
      Staging staging = Staging.open(tmp, store);
      staging.clear();

      assertThat(staging.isMoved()).isTrue();
      ModelTree.write(staging.folder().resolve("tree"), Map.of("model.onnx", "one"));
      store.install(staging.folder().resolve("tree"));
      assertThat(ModelTree.read(folder.resolve("m"))).containsOnlyKeys("model.onnx");
    } finally {
      DurableFiles.deleteTree(tmp);
    }
  }
}
