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
  void freshAttemptStartsEmpty() {
    try (VersionStore store = store()) {
      Staging staging = Staging.open(folder.resolve("tmp"), store);
      ModelTree.write(staging.folder(), Map.of("pull/old", "x", "tree/old", "y"));

      assertThat(staging.fresh("pull")).isEmptyDirectory();
      assertThat(ModelTree.read(staging.folder())).isEmpty();
    }
  }

  @Test
  void resumedAttemptFindsWhatItGoesOnWithAndNothingElse() {
    try (VersionStore store = store()) {
      Staging staging = Staging.open(folder.resolve("tmp"), store);
      ModelTree.write(staging.folder(), Map.of("pull/a.part", "x", "tree/old", "y"));

      staging.resume("pull");

      assertThat(ModelTree.read(staging.folder())).containsOnlyKeys("pull/a.part");
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
      Path tree = staging.fresh("tree");

      assertThat(staging.isMoved()).isTrue();
      ModelTree.write(tree, Map.of("model.onnx", "one"));
      store.install(tree);
      assertThat(ModelTree.read(folder.resolve("m"))).containsOnlyKeys("model.onnx");
    } finally {
      DurableFiles.deleteTree(tmp);
    }
  }
}
