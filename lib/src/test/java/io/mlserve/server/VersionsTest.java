package io.mlserve.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlserve.fixtures.onnx.Models;
import io.mlserve.version.VersionPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Several versions of a model: which are loaded, what labels mean, and what goes wrong with both
 * elsewhere. Names that start with a letter and a number are rows of the table in
 * docs/reload-failures.md.
 */
class VersionsTest {
  @TempDir private Path folder;

  private Rig rig() {
    return new Rig(folder);
  }

  @Test
  void policyAllServesEveryVersionByNumber() throws IOException {
    try (Rig rig =
        rig()
            .put("m", 1, Models.halfPlus(1))
            .put("m", 2, Models.halfPlus(2))
            .serve("m", new VersionPolicy.All(), Map.of())
            .startReady()) {
      rig.untilAnswer("m/versions/1", "2.0");
      rig.untilAnswer("m/versions/2", "3.0");
      assertThat(rig.predict("m").version()).isEqualTo(2);
      rig.put("m", 3, Models.halfPlus(3));
      rig.untilAnswer("m", "4.0");
      rig.untilAnswer("m/versions/1", "2.0");
    }
  }

  @Test
  void policySpecificServesThoseVersionsOnly() throws IOException {
    try (Rig rig =
        rig()
            .put("m", 1, Models.halfPlus(1))
            .put("m", 2, Models.halfPlus(2))
            .put("m", 3, Models.halfPlus(3))
            .serve("m", new VersionPolicy.Specific(Set.of(1L, 2L)), Map.of())
            .startReady()) {
      rig.untilAnswer("m/versions/1", "2.0");
      rig.untilAnswer("m", "3.0");
      assertThat(rig.predict("m/versions/3").status()).isEqualTo(404);
    }
  }

  @Test
  void aVersionThatIsDeletedGivesWayToTheOneBefore() {
    try (Rig rig =
        rig()
            .put("m", 1, Models.halfPlus(1))
            .put("m", 2, Models.halfPlus(2))
            .serve("m")
            .startReady()) {
      rig.untilAnswer("m", "3.0");
      rig.delete("m", 2);
      rig.untilAnswer("m", "2.0");
    }
  }

  @Test
  void f1LabelOfAVersionThatComesLaterWorksAtFirstStart() throws IOException {
    try (Rig rig =
        rig()
            .put("m", 1, Models.halfPlus(1))
            .serve("m", VersionPolicy.NEWEST, Map.of("stable", 1L, "canary", 2L))
            .startReady()) {
      rig.untilAnswer("m/labels/stable", "2.0");
      assertThat(rig.predict("m/labels/canary").status()).isEqualTo(503);
      assertThat(rig.predict("m/labels/nobody").status()).isEqualTo(400);
      rig.put("m", 2, Models.halfPlus(2));
      rig.untilAnswer("m/labels/canary", "3.0");
      // A label keeps its version, though the policy wants the newest alone.
      assertThat(rig.predict("m/labels/stable").body()).isEqualTo(Rig.outputs("2.0"));
    }
  }

  @Test
  void f1LabelMovesOnlyToAVersionThatIsLoaded() throws IOException {
    try (Rig rig =
        rig()
            .put("m", 1, Models.halfPlus(1))
            .put("m", 2, Models.halfPlus(2))
            .serve("m", new VersionPolicy.All(), Map.of("stable", 1L))
            .startReady()) {
      rig.untilAnswer("m/versions/2", "3.0");
      assertThat(rig.admin("PUT", "models/m/labels/stable", "{\"version\": 3}"))
          .satisfies(
              refused -> {
                assertThat(refused.status()).isEqualTo(409);
                assertThat(refused.body()).contains("version 3, which is not loaded");
              });
      assertThat(rig.predict("m/labels/stable").body()).isEqualTo(Rig.outputs("2.0"));
      assertThat(rig.admin("PUT", "models/m/labels/stable", "{\"version\": 2}").status())
          .isEqualTo(200);
      assertThat(rig.predict("m/labels/stable").body()).isEqualTo(Rig.outputs("3.0"));
      assertThat(rig.admin("DELETE", "models/m/labels/stable", "").status()).isEqualTo(200);
      assertThat(rig.predict("m/labels/stable").status()).isEqualTo(400);
    }
  }

  @Test
  void f2OldVersionStaysForItsClientsWhereThePolicyKeepsTwo() {
    try (Rig rig =
        rig()
            .put("m", 1, Models.halfPlus(1))
            .serve("m", new VersionPolicy.Latest(2), Map.of())
            .startReady()) {
      rig.put("m", 2, Models.halfPlus(2));
      rig.untilAnswer("m", "3.0");
      rig.untilAnswer("m/versions/1", "2.0");
      rig.put("m", 3, Models.halfPlus(3));
      rig.untilAnswer("m", "4.0");
      Rig.until(() -> rig.predict("m/versions/1").status() == 404);
      rig.untilAnswer("m/versions/2", "3.0");
    }
  }

  @Test
  void f3OneVersionIsUnloadedAndLoadedByRequest() throws IOException {
    try (Rig rig =
        rig()
            .put("m", 1, Models.halfPlus(1))
            .put("m", 2, Models.halfPlus(2))
            .serve("m")
            .startReady()) {
      rig.untilAnswer("m", "3.0");
      assertThat(rig.predict("m/versions/1").status()).isEqualTo(404);
      assertThat(rig.admin("POST", "models/m/versions/1/load", "").status()).isEqualTo(200);
      assertThat(rig.predict("m/versions/1").body()).isEqualTo(Rig.outputs("2.0"));
      assertThat(rig.admin("POST", "models/m/versions/2/unload", "").status()).isEqualTo(200);
      assertThat(rig.predict("m").body()).isEqualTo(Rig.outputs("2.0"));
      assertThat(rig.predict("m/versions/2").status()).isEqualTo(404);
      Rig.looks(); // it lies there still, and is not taken up again
      assertThat(rig.predict("m").body()).isEqualTo(Rig.outputs("2.0"));
      assertThat(rig.admin("POST", "models/m/versions/2/load", "").status()).isEqualTo(200);
      assertThat(rig.predict("m").body()).isEqualTo(Rig.outputs("3.0"));
    }
  }

  @Test
  void f5FailedVersionLeavesTheOldOneServing() throws IOException {
    try (Rig rig = rig().put("m", 1, Models.halfPlus(1)).serve("m").startReady()) {
      rig.put("m", 2, Models.corrupt());
      Rig.until(() -> rig.status("m").contains("DATA_LOSS"));
      assertThat(rig.predict("m").body()).isEqualTo(Rig.outputs("2.0"));
      assertThat(rig.get("/readyz").status()).isEqualTo(200);
    }
  }

  @Test
  void c1VersionThatIsStillBeingCopiedIsNotLoaded() throws Exception {
    // A writer that pauses for longer than this would be taken for one that is done.
    Duration interval = Duration.ofMillis(300);
    try (Rig rig = rig().put("m", 1, Models.big(1)).serve("m").interval(interval).startReady()) {
      byte[] whole = Models.bytes(Models.big(8));
      Path two = Files.createDirectories(folder.resolve("m/2"));
      try (var out = Files.newOutputStream(two.resolve("model.onnx"))) {
        int step = whole.length / 40 + 1;
        for (int at = 0; at < whole.length; at += step) {
          out.write(whole, at, Math.min(step, whole.length - at));
          out.flush();
          TimeUnit.MILLISECONDS.sleep(30); // in all, several looks
          assertThat(rig.status("m")).doesNotContain("DATA_LOSS");
        }
      }
      Rig.until(() -> rig.status("m").contains("\"version\":\"2\",\"state\":\"AVAILABLE\""));
      assertThat(rig.status("m")).doesNotContain("DATA_LOSS");
    }
  }

  @Test
  void c2c3CorrectedVersionIsTakenUpAtOnce() throws IOException {
    try (Rig rig = rig().put("m", 1, Models.halfPlus(1)).serve("m").startReady()) {
      rig.put("m", 2, Models.corrupt());
      Rig.until(() -> rig.status("m").contains("DATA_LOSS"));
      Models.write(Models.halfPlus(2), folder.resolve("m/2/model.onnx"));
      rig.untilAnswer("m", "3.0");
    }
  }

  @Test
  void c4c5FilesReplacedInAVersionFolderAreServed() {
    try (Rig rig = rig().put("m", 1, Models.halfPlus(1)).serve("m").startReady()) {
      rig.untilAnswer("m", "2.0");
      Models.write(Models.halfPlus(5), folder.resolve("m/1/model.onnx"));
      rig.untilAnswer("m", "6.0");
    }
  }

  @Test
  void c7OlderFileThatIsRestoredIsServed() throws IOException {
    try (Rig rig = rig().put("m", 1, Models.halfPlus(1)).serve("m").startReady()) {
      Path file = folder.resolve("m/1/model.onnx");
      Path kept =
          Files.copy(
              file, folder.resolve("kept"), java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
      Models.write(Models.halfPlus(5), file);
      rig.untilAnswer("m", "6.0");
      Files.move(kept, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
      rig.untilAnswer("m", "2.0");
    }
  }

  @Test
  void c8EmptyOrUnreadableBaseFolderUnloadsNothing() throws IOException {
    try (Rig rig = rig().put("m", 1, Models.halfPlus(1)).serve("m").startReady()) {
      Path away = folder.resolve("away");
      Files.move(folder.resolve("m"), away);
      Rig.looks();
      assertThat(rig.predict("m").body()).isEqualTo(Rig.outputs("2.0"));
      Files.createDirectory(folder.resolve("m"));
      Rig.looks();
      assertThat(rig.predict("m").body()).isEqualTo(Rig.outputs("2.0"));
      Files.setPosixFilePermissions(
          folder.resolve("m"), PosixFilePermissions.fromString("---------"));
      Rig.looks();
      assertThat(rig.predict("m").body()).isEqualTo(Rig.outputs("2.0"));
      Files.setPosixFilePermissions(
          folder.resolve("m"), PosixFilePermissions.fromString("rwxr-xr-x"));
      Files.delete(folder.resolve("m"));
      Files.move(away, folder.resolve("m"));
      rig.put("m", 2, Models.halfPlus(2));
      rig.untilAnswer("m", "3.0");
    }
  }

  @Test
  void c9AddedVersionLeavesTheOthersAsTheyAre() throws IOException {
    try (Rig rig =
        rig()
            .put("m", 1, Models.halfPlus(1))
            .serve("m", new VersionPolicy.All(), Map.of())
            .startReady()) {
      assertThat(rig.predict("m").status()).isEqualTo(200);
      rig.put("m", 2, Models.halfPlus(2));
      rig.untilAnswer("m", "3.0");
      // Loaded anew, version 1 would have forgotten its request.
      assertThat(rig.admin("GET", "models/m", "").body())
          .containsPattern("(?s)\"version\" : 1,.*\"requests\" : [1-9]");
    }
  }

  @Test
  void c10BadVersionBlocksNoGoodOne() throws IOException {
    try (Rig rig =
        rig()
            .put("m", 1, Models.halfPlus(1))
            .put("m", 2, Models.corrupt())
            .put("m", 3, Models.halfPlus(3))
            .serve("m", new VersionPolicy.All(), Map.of())
            .startReady()) {
      rig.untilAnswer("m", "4.0");
      rig.untilAnswer("m/versions/1", "2.0");
      Rig.until(() -> rig.status("m").contains("DATA_LOSS"));
    }
  }

  @Test
  void c10BadNewestVersionAtTheStartLeavesTheOneBefore() {
    try (Rig rig =
        rig()
            .put("m", 1, Models.halfPlus(1))
            .put("m", 2, Models.corrupt())
            .serve("m")
            .startReady()) {
      rig.untilAnswer("m", "2.0");
    }
  }

  @Test
  void d4SameFailureIsNotLoggedAtEveryLook() throws IOException {
    try (LogLines lines = LogLines.of("io.mlserve.serving");
        Rig rig = rig().put("m", 1, Models.halfPlus(1)).serve("m").startReady()) {
      Path away = folder.resolve("away");
      Files.move(folder.resolve("m"), away);
      Files.createSymbolicLink(folder.resolve("m"), Path.of("m")); // leads nowhere but to itself
      Rig.until(() -> !lines.containing("cannot read timestamp file").isEmpty());
      Rig.looks();
      assertThat(rig.predict("m").status()).isEqualTo(200);
      assertThat(lines.containing("cannot read timestamp file")).hasSize(1);
    }
  }
}
