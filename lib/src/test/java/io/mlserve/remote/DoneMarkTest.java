package io.mlserve.remote;

import static io.mlserve.remote.ModelSourceContract.assertCode;
import static org.assertj.core.api.Assertions.assertThat;

import io.mlserve.error.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DoneMarkTest {
  private static final String HEX =
      "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

  @TempDir private Path folder;

  private Optional<DoneMark> read(String content) throws IOException {
    Files.writeString(folder.resolve("donefile"), content);
    return read();
  }

  private Optional<DoneMark> read() {
    try (ModelSource source =
        ModelSources.open(SourceUri.parse(folder.toString()), SourceOptions.DEFAULTS)) {
      return DoneMark.read(source, "donefile");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        HEX + "  uci_housing.tar.gz\n",
        HEX + " *uci_housing.tar.gz",
        "done at 12:00\nsha256=" + HEX + "\n",
      })
  void digestOfTheArchiveIsTaken(String content) throws IOException {
    assertThat(read(content).orElseThrow().archive()).contains(new Checksum(HEX));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "2026-01-01 12:00:00", "abc  model.tar.gz", HEX})
  void otherContentIsJustContent(String content) throws IOException {
    DoneMark mark = read(content).orElseThrow();
    assertThat(mark.archive()).isEmpty();
    assertThat(mark.size()).isEqualTo(content.length());
  }

  @Test
  void brokenDigestIsNotOverlooked() throws IOException {
    Files.writeString(folder.resolve("donefile"), "sha256=0123\n");
    assertCode(ErrorCode.DATA_LOSS, this::read);
  }

  @Test
  void olderTimeIsANewMark() throws IOException {
    DoneMark before = read("x").orElseThrow();
    Files.setLastModifiedTime(
        folder.resolve("donefile"), FileTime.from(Instant.parse("2020-01-01T00:00:00Z")));
    assertThat(read()).isPresent().isNotEqualTo(Optional.of(before));
  }

  @Test
  void giantIsNoDonefile() throws IOException {
    Files.write(folder.resolve("donefile"), new byte[DoneMark.BYTES_LIMIT + 1]);
    assertCode(ErrorCode.RESOURCE_EXHAUSTED, this::read);
    Files.write(folder.resolve("donefile"), new byte[DoneMark.BYTES_LIMIT]);
    assertThat(read()).isPresent();
  }

  @Test
  void markSurvivesARestartAsText() throws IOException {
    DoneMark mark = read("sha256=" + HEX).orElseThrow();
    assertThat(DoneMark.parse(mark.text())).isEqualTo(mark);
    DoneMark bare =
        new DoneMark(
            Optional.of("- \"x\" -"), Optional.empty(), 0, mark.content(), Optional.empty());
    assertThat(DoneMark.parse(bare.text())).isEqualTo(bare);
    assertCode(ErrorCode.DATA_LOSS, () -> DoneMark.parse("nonsense"));
    assertCode(ErrorCode.DATA_LOSS, () -> DoneMark.parse("a b c d e"));
  }
}
