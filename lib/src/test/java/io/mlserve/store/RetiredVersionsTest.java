package io.mlserve.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RetiredVersionsTest {
  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

  @TempDir private Path folder;

  private RetiredVersions open() {
    return RetiredVersions.open(Optional.of(folder));
  }

  @Test
  void whatWasAddedIsThereInTheNextProcess() {
    assertThat(open().add("hp", 3, NOON)).isTrue();
    assertThat(open().add("hp", 4, NOON)).isTrue();
    assertThat(open().of("hp")).isEqualTo(Map.of(3L, NOON, 4L, NOON));
    open().remove("hp", 3);
    assertThat(open().of("hp")).isEqualTo(Map.of(4L, NOON));
    open().removeAll("hp");
    assertThat(open().of("hp")).isEmpty();
  }

  @Test
  void linesThatAreNoneArePassedOver() throws IOException {
    Files.writeString(
        folder.resolve("retired.txt"), "# about\n\nhp three x\nhp 5\nhp 6 " + NOON + "\n");
    assertThat(open().of("hp")).isEqualTo(Map.of(6L, NOON));
  }

  @Test
  void withoutAFolderNothingOutlivesTheProcess() {
    RetiredVersions here = RetiredVersions.open(Optional.empty());
    assertThat(here.add("hp", 3, NOON)).isFalse();
    assertThat(here.of("hp")).containsOnlyKeys(3L);
  }

  @Test
  void aFolderThatCannotBeWrittenIsSaid() throws IOException {
    RetiredVersions here = open();
    Files.createDirectories(folder.resolve("retired.txt.part/in-the-way"));
    assertThat(here.add("hp", 3, NOON)).isFalse();
    assertThat(here.of("hp")).containsOnlyKeys(3L);
  }
}
