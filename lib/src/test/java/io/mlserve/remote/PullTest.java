package io.mlserve.remote;

import static io.mlserve.remote.ModelSourceContract.assertCode;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.fixtures.net.Behaviour;
import io.mlserve.fixtures.net.FaultyHttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PullTest {
  private static final byte[] ONE = "version 1".getBytes(StandardCharsets.UTF_8);
  private static final byte[] TWO = "version 2, longer".getBytes(StandardCharsets.UTF_8);
  private static final SourceOptions OPTIONS = SourceOptions.DEFAULTS.withEnvironment(Map.of());

  private final FaultyHttpServer server = FaultyHttpServer.start();
  @TempDir private Path here;

  @AfterEach
  void stop() {
    server.close();
  }

  private Pull.Request file() {
    return new Pull.Request(here.resolve("m"), Optional.empty(), Optional.empty());
  }

  private Pull.Request expecting(byte[] bytes) {
    return new Pull.Request(here.resolve("m"), Optional.of(Checksum.of(bytes)), Optional.empty());
  }

  private Pull.Request unpacked() {
    return new Pull.Request(here.resolve("m"), Optional.empty(), Optional.of(PullTest::unpack));
  }

  // stands for the real one: the archive's only member
  private static void unpack(Path archive, Path into) {
    try {
      if (Files.size(archive) == 0) {
        throw new MlserveException(ErrorCode.DATA_LOSS, "an empty archive");
      }
      Files.createDirectory(into);
      Files.copy(archive, into.resolve("member"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private PullResult pull(String path, Pull.Request request) {
    try (ModelSource source =
        ModelSources.open(SourceUri.parse(server.uri(path).toString()), OPTIONS)) {
      return new Pull(source, DownloadLimits.DEFAULTS, Retry.never(), Progress.none()).run(request);
    }
  }

  private void publishFolder(byte[] bytes) {
    server.put("/folder/a", bytes);
    String line = Checksum.of(bytes) + "  a\n";
    server.put("/folder/" + Manifest.NAME, line.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void secondPullOfTheSameFileDownloadsNothing() {
    server.put("/m", ONE);
    assertThat(pull("/m", file()).changed()).isTrue();
    PullResult again = pull("/m", file());
    assertThat(again.changed()).isFalse();
    assertThat(again.sha256()).contains(Checksum.of(ONE));
    assertThat(server.requests("GET", "/m")).hasSize(1);
  }

  @Test
  void changedSourceIsPulledAgain() {
    server.put("/m", ONE);
    pull("/m", file());
    server.put("/m", TWO);
    assertThat(pull("/m", file()).changed()).isTrue();
    assertThat(here.resolve("m")).hasBinaryContent(TWO);
  }

  @Test
  void targetThatSomebodyEditedIsPulledAgain() throws IOException {
    server.put("/m", ONE);
    pull("/m", file());
    Files.write(here.resolve("m"), TWO);
    assertThat(pull("/m", file()).changed()).isTrue();
    assertThat(here.resolve("m")).hasBinaryContent(ONE);
  }

  @Test
  void sourceThatNamesNoStateIsPulledAgain() {
    server.put("/m", ONE);
    server.always("/m", Behaviour.normal().withoutEtag().withoutLastModified());
    pull("/m", file());
    assertThat(pull("/m", file()).changed()).isTrue();
  }

  @Test
  void fileWithTheRightDigestNeedsNoSource() throws IOException {
    Files.write(here.resolve("m"), ONE);
    server.close();
    assertThat(pull("/m", expecting(ONE)).changed()).isFalse();
  }

  @Test
  void otherSourceIntoTheSameTargetIsPulled() {
    server.put("/m", ONE);
    server.put("/n", TWO);
    pull("/m", file());
    assertThat(pull("/n", file()).changed()).isTrue();
    assertThat(here.resolve("m")).hasBinaryContent(TWO);
  }

  @Test
  void failedPullLeavesTheTargetAsItWas() {
    server.put("/m", ONE);
    pull("/m", file());
    server.put("/m", new byte[100_000]);
    server.always("/m", Behaviour.normal().cutAfter(50_000));
    assertCode(ErrorCode.UNAVAILABLE, () -> pull("/m", file()));
    assertThat(here.resolve("m")).hasBinaryContent(ONE);
    server.always("/m", Behaviour.normal());
    assertThat(pull("/m", file()).resumedFrom()).isPositive();
  }

  @Test
  void folderIsReplacedAsAWhole() {
    publishFolder(ONE);
    assertThat(pull("/folder", file()).files()).isEqualTo(2);
    assertThat(pull("/folder", file()).changed()).isFalse();
    publishFolder(TWO);
    assertThat(pull("/folder", file()).changed()).isTrue();
    assertThat(here.resolve("m/a")).hasBinaryContent(TWO);
    assertThat(here.toFile().list()).containsExactlyInAnyOrder("m", ".m.pull");
  }

  @Test
  void archiveBecomesAFolder() {
    server.put("/m.tar", ONE);
    assertThat(pull("/m.tar", unpacked()).changed()).isTrue();
    assertThat(pull("/m.tar", unpacked()).changed()).isFalse();
    server.put("/m.tar", TWO);
    pull("/m.tar", unpacked());
    assertThat(here.resolve("m/member")).hasBinaryContent(TWO);
    assertThat(here.toFile().list()).containsExactlyInAnyOrder("m", ".m.pull");
  }

  @Test
  void badArchiveLeavesTheOldContent() {
    server.put("/m.tar", ONE);
    pull("/m.tar", unpacked());
    server.put("/m.tar", new byte[0]);
    assertCode(ErrorCode.DATA_LOSS, () -> pull("/m.tar", unpacked()));
    assertThat(here.resolve("m/member")).hasBinaryContent(ONE);
    server.put("/m.tar", TWO);
    assertThat(pull("/m.tar", unpacked()).changed()).isTrue();
  }

  @Test
  void folderThatPullDidNotMakeIsNotReplaced() throws IOException {
    publishFolder(ONE);
    Files.createDirectory(here.resolve("m"));
    Files.write(here.resolve("m/mine"), ONE);
    assertCode(ErrorCode.ALREADY_EXISTS, () -> pull("/folder", file()));
    server.put("/m.tar", ONE);
    assertCode(ErrorCode.ALREADY_EXISTS, () -> pull("/m.tar", unpacked()));
    assertCode(ErrorCode.ALREADY_EXISTS, () -> pull("/m.tar", file()));
    assertThat(here.resolve("m/mine")).hasBinaryContent(ONE);
    assertThat(server.requests("GET", "/m.tar")).isEmpty();
  }

  @Test
  void crashBetweenTheTwoRenamesIsRepaired() throws IOException {
    publishFolder(ONE);
    pull("/folder", file());
    Files.move(here.resolve("m"), here.resolve(".m.old"));
    server.close();
    assertThatThrownBy(() -> pull("/folder", file())).isInstanceOf(MlserveException.class);
    assertThat(here.resolve("m/a")).hasBinaryContent(ONE);
  }

  @Test
  void secondPullerAtTheSameTimeIsLockedOut() throws Exception {
    server.put("/m", new byte[100_000]);
    server.always("/m", Behaviour.normal().stallAfter(10_000));
    CountDownLatch begun = new CountDownLatch(1);
    Thread first =
        new Thread(
            () -> {
              try (ModelSource source =
                  ModelSources.open(SourceUri.parse(server.uri("/m").toString()), OPTIONS)) {
                new Pull(
                        source,
                        DownloadLimits.DEFAULTS,
                        Retry.never(),
                        (bytes, total) -> begun.countDown())
                    .run(file());
              } catch (MlserveException e) {
                assertThat(e.code()).isEqualTo(ErrorCode.ABORTED);
              }
            });
    first.start();
    assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
    assertCode(ErrorCode.LOCKED, () -> pull("/m", file()));
    first.interrupt();
    first.join(Duration.ofSeconds(10).toMillis());
    assertThat(first.isAlive()).isFalse();
    server.always("/m", Behaviour.normal());
    assertThat(pull("/m", file()).changed()).isTrue();
  }

  @Test
  void previewWritesNothing() {
    server.put("/m", ONE);
    try (ModelSource source =
        ModelSources.open(SourceUri.parse(server.uri("/m").toString()), OPTIONS)) {
      Pull pull = new Pull(source, DownloadLimits.DEFAULTS, Retry.never(), Progress.none());
      assertThat(pull.preview(file()).changed()).isTrue();
      assertThat(here).isEmptyDirectory();
      pull.run(file());
      assertThat(pull.preview(file()).changed()).isFalse();
    }
  }

  @Test
  void receiptThatACrashCutIsNone() {
    Receipt receipt =
        new Receipt(
            "abc", Receipt.Form.FILE, Optional.of("\"e t\""), Checksum.of(ONE), Checksum.of(TWO));
    String text = receipt.text();
    assertThat(Receipt.parse(text)).contains(receipt);
    for (int end = 0; end < text.length(); end++) {
      assertThat(Receipt.parse(text.substring(0, end))).isEmpty();
    }
  }
}
