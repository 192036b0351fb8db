package io.mlserve.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VersionStoreTest {
  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
  private static final Map<String, String> ONE = Map.of("model.onnx", "one", "extra.bin", "x");
  private static final Map<String, String> TWO = Map.of("model.onnx", "two", ".hidden", "h");

  @TempDir Path folder;
  private Path live;
  private Path versions;

  @BeforeEach
  void name() {
    live = folder.resolve("m");
    versions = folder.resolve(".versions/m");
  }

  private VersionStore open() {
    return VersionStore.open(live, "fluid_time_file");
  }

  private Path staged(Map<String, String> files) {
    return ModelTree.write(folder.resolve("staged"), files);
  }

  private InstalledVersion install(Map<String, String> files) {
    try (VersionStore store = open()) {
      return store.install(staged(files));
    }
  }

  @Test
  void firstInstallIntoNothingMakesARelativeLinkToVersionOne() throws IOException {
    InstalledVersion version = install(ONE);

    assertThat(version.number()).isEqualTo(1);
    assertThat(Files.readSymbolicLink(live)).isEqualTo(Path.of(".versions/m/" + version.id()));
    assertThat(ModelTree.read(live)).isEqualTo(ONE);
  }

  @Test
  void versionIsAnExactSetOfFiles() {
    install(ONE);
    install(TWO);

    assertThat(ModelTree.read(live)).isEqualTo(TWO);
  }

  @Test
  void numbersGrowByOneAndTheFolderNameStartsWithThem() {
    install(ONE);
    InstalledVersion second = install(TWO);
    InstalledVersion third = install(ONE);

    assertThat(second.folder().getFileName().toString()).matches("2-[0-9a-f]{12}");
    assertThat(third.number()).isEqualTo(3);
  }

  @Test
  void sameFilesAgainInstallNothing() {
    InstalledVersion first = install(ONE);
    InstalledVersion again = install(ONE);

    assertThat(again).isEqualTo(first);
    assertThat(folder.resolve("staged")).exists();
  }

  @Test
  void realFolderOfSomebodyElseBecomesTheFirstVersion() {
    ModelTree.write(live, ONE);

    InstalledVersion second = install(TWO);

    assertThat(second.number()).isEqualTo(2);
    assertThat(ModelTree.read(live)).isEqualTo(TWO);
    try (VersionStore store = open()) {
      assertThat(ModelTree.read(store.versions().get(1).folder())).isEqualTo(ONE);
    }
  }

  @Test
  void realFolderWithALinkInItIsReplacedToo() throws IOException {
    ModelTree.write(live, ONE);
    Files.createSymbolicLink(live.resolve("link"), Path.of("nowhere"));

    install(TWO);

    assertThat(ModelTree.read(live)).isEqualTo(TWO);
  }

  @Test
  void foreignLinkIsReplacedAndItsTargetLeftAlone() throws IOException {
    Path elsewhere = ModelTree.write(folder.resolve("elsewhere"), ONE);
    Files.createSymbolicLink(live, elsewhere);

    install(TWO);

    assertThat(ModelTree.read(live)).isEqualTo(TWO);
    assertThat(ModelTree.read(elsewhere)).isEqualTo(ONE);
  }

  @Test
  void fileInThePlaceOfTheModelIsRefused() throws IOException {
    Files.writeString(live, "a file");

    assertThatThrownBy(this::open)
        .isInstanceOf(MlserveException.class)
        .hasMessageContaining("is a file (expected: a model folder");
  }

  @Test
  void touchWritesTimeAndDigestAfterwards() throws IOException {
    try (VersionStore store = open()) {
      InstalledVersion version = store.install(staged(ONE));
      assertThat(store.isTouched(version)).isFalse();

      store.touch(version, NOON);

      assertThat(store.isTouched(version)).isTrue();
      assertThat(Files.readString(live.resolve("fluid_time_file")))
          .matches("2026-01-01T12:00:00Z sha256:" + version.digest() + "[0-9a-f]{52}\n");
    }
  }

  @Test
  void touchDoesNotChangeTheDigest() {
    try (VersionStore store = open()) {
      InstalledVersion version = store.install(staged(ONE));
      String before = store.digest(live);
      store.touch(version, NOON);

      assertThat(store.digest(live)).isEqualTo(before);
    }
  }

  @Test
  void timestampFileInsideThePackageIsNotInstalled() {
    install(Map.of("model.onnx", "one", "fluid_time_file", "theirs"));

    assertThat(live.resolve("fluid_time_file")).doesNotExist();
  }

  @Test
  void pruneKeepsTheCurrentTheOneBeforeAndTheNewest() {
    try (VersionStore store = open()) {
      for (int i = 1; i <= 6; i++) {
        store.install(staged(Map.of("model.onnx", "v" + i)));
      }
      List<InstalledVersion> deleted = store.prune(3);

      assertThat(deleted).extracting(InstalledVersion::number).containsExactly(2L, 1L);
      assertThat(store.versions())
          .extracting(InstalledVersion::number)
          .containsExactly(6L, 5L, 4L, 3L);
    }
  }

  @Test
  void pruneToNothingStillKeepsTheOneBefore() {
    install(ONE);
    install(TWO);
    try (VersionStore store = open()) {
      store.install(staged(ONE));
      store.prune(0);

      assertThat(store.versions()).extracting(InstalledVersion::number).containsExactly(3L, 2L);
    }
  }

  @Test
  void danglingLinkIsRepairedToTheNewestVersion() throws IOException {
    install(ONE);
    install(TWO);
    Files.delete(live);
    Files.createSymbolicLink(live, Path.of(".versions/m/9-000000000000"));

    open().close();

    assertThat(ModelTree.read(live)).isEqualTo(TWO);
  }

  @Test
  void missingNameIsRepairedToTheNewestVersion() throws IOException {
    install(ONE);
    Files.delete(live);

    open().close();

    assertThat(ModelTree.read(live)).isEqualTo(ONE);
  }

  @Test
  void debrisOfAKilledProcessIsDeleted() {
    install(ONE);
    ModelTree.write(versions.resolve(".work/1-000000000000/deep"), ONE);

    open().close();

    assertThat(versions.resolve(".work")).isEmptyDirectory();
  }

  @Test
  void secondHolderIsToldTheFirstOnesProcess() {
    try (VersionStore first = open()) {
      assertThat(first.current()).isEmpty();
      assertThatThrownBy(this::open)
          .isInstanceOfSatisfying(
              MlserveException.class,
              e -> {
                assertThat(e.code()).isEqualTo(ErrorCode.LOCKED);
                assertThat(e.message()).endsWith("by process " + ProcessHandle.current().pid());
              });
    }
    open().close(); // free again
  }

  @Test
  void severalModelsShareOneFolder() {
    install(ONE);
    try (VersionStore mine = open();
        VersionStore other = VersionStore.open(folder.resolve("other"), "fluid_time_file")) {
      other.install(staged(TWO));

      assertThat(mine.current()).map(InstalledVersion::number).contains(1L);
      assertThat(ModelTree.read(live)).isEqualTo(ONE);
      assertThat(ModelTree.read(folder.resolve("other"))).isEqualTo(TWO);
    }
  }

  @Test
  void folderCanBeMountedElsewhere() throws IOException {
    Path nested = folder.resolve("a");
    live = nested.resolve("m");
    install(ONE);

    Files.move(nested, folder.resolve("b"));

    assertThat(ModelTree.read(folder.resolve("b/m"))).isEqualTo(ONE);
  }

  @Test
  void linkInsideANewVersionIsRefused() throws IOException {
    Path staged = staged(ONE);
    Files.createSymbolicLink(staged.resolve("link"), Path.of("/etc/passwd"));
    try (VersionStore store = open()) {
      assertThatThrownBy(() -> store.install(staged))
          .hasMessageContaining("model holds link (expected: only files and folders)");
    }
  }

  @Test
  void timestampFileNameCannotLeaveTheModel() {
    assertThatThrownBy(() -> VersionStore.open(live, "../time").close())
        .hasMessageContaining("timestamp file '../time'");
  }
}
