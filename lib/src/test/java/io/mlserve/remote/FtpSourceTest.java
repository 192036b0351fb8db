package io.mlserve.remote;

import static io.mlserve.remote.ModelSourceContract.assertCode;
import static io.mlserve.remote.ModelSourceContract.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mlserve.error.ErrorCode;
import io.mlserve.fixtures.net.FaultyTcpProxy;
import io.mlserve.fixtures.net.FtpFixture;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FtpSourceTest implements ModelSourceContract {
  private static final SourceOptions OPTIONS =
      SourceOptions.DEFAULTS
          .withTimeouts(Duration.ofSeconds(5), Duration.ofSeconds(5))
          .withEnvironment(Map.of());
  private static final SourceOptions IMPATIENT =
      OPTIONS.withTimeouts(Duration.ofSeconds(5), Duration.ofMillis(300));

  @TempDir private Path folder;

  @SuppressWarnings("NullAway.Init") // before each test
  private FtpFixture server;

  @BeforeEach
  void start() {
    server = FtpFixture.serving(folder);
  }

  @AfterEach
  void stop() {
    server.close();
  }

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
    return open(server.port(), OPTIONS);
  }

  @Override
  public ModelSource openAt(String path) {
    return ModelSources.open(SourceUri.parse(server.uri("/").toString()).resolve(path), OPTIONS);
  }

  private static ModelSource open(int port, SourceOptions options) {
    return ModelSources.open(SourceUri.of(Scheme.FTP, "127.0.0.1", port, "/"), options);
  }

  private static Downloader downloader(ModelSource source, int retries) {
    RetryPolicy policy =
        new RetryPolicy(
            retries, Duration.ofMillis(1), Duration.ofMillis(20), Duration.ofSeconds(30));
    return new Downloader(source, DownloadLimits.DEFAULTS, new Retry(policy), Progress.none());
  }

  @Test
  void passwordIsShownOnlyToTheServer() {
    publish("a", TEXT);
    server.refuseAnonymous();
    try (ModelSource source = open()) {
      assertCode(ErrorCode.UNAUTHENTICATED, () -> source.stat("a"));
    }
    SourceOptions options =
        OPTIONS.withCredentials(
            Credentials.of(new Credential.Login(FtpFixture.USER, FtpFixture.PASSWORD)));
    try (ModelSource source = open(server.port(), options)) {
      assertThat(read(source, "a")).isEqualTo(TEXT);
    }
    String wrong = "ftp://mlserve:wr%C3%B6ng@127.0.0.1:" + server.port();
    try (ModelSource source = ModelSources.open(SourceUri.parse(wrong), OPTIONS)) {
      assertThatThrownBy(() -> source.stat("a"))
          .hasMessageContaining("refuses the login")
          .hasMessageNotContaining("wröng")
          .hasMessageNotContaining("wr%C3");
    }
  }

  @Test
  void lineBreakInAPasswordNeverReachesTheServer() {
    SourceOptions options =
        OPTIONS.withCredentials(Credentials.of(new Credential.Login("u", "p\r\nDELE donefile")));
    try (ModelSource source = open(server.port(), options)) {
      assertCode(ErrorCode.INVALID_ARGUMENT, () -> source.stat("a"));
    }
    assertThat(server.faults().commands()).noneMatch(line -> line.startsWith("DELE"));
  }

  @Test
  void killedTransferIsContinued(@TempDir Path here) {
    byte[] bytes = new byte[500_000];
    publish("a", bytes);
    server.faults().killNextDownload(200_000);
    try (ModelSource source = open()) {
      Download download = downloader(source, 1).fetch("a", here.resolve("a"), Optional.empty());
      assertThat(download.attempts()).isEqualTo(2);
      assertThat(download.resumedFrom()).isBetween(150_000L, 200_000L);
      assertThat(here.resolve("a")).hasBinaryContent(bytes);
    }
    assertThat(server.faults().commands()).anyMatch(line -> line.startsWith("REST "));
  }

  @Test
  void stalledTransferEndsAtTheReadTimeLimit() {
    publish("a", new byte[500_000]);
    server.faults().stallNextDownload(100_000);
    try (ModelSource source = open(server.port(), IMPATIENT)) {
      assertCode(ErrorCode.DEADLINE_EXCEEDED, () -> read(source, "a"));
      assertThat(read(source, "a")).hasSize(500_000);
    }
  }

  @Test
  void silentServerEndsAtTheReadTimeLimit() {
    try (FaultyTcpProxy proxy = FaultyTcpProxy.to(server.port());
        ModelSource source = open(proxy.port(), IMPATIENT)) {
      publish("a", TEXT);
      assertThat(source.stat("a")).isPresent();
      proxy.fallSilent();
      assertCode(ErrorCode.DEADLINE_EXCEEDED, () -> source.stat("a"));
      assertCode(ErrorCode.DEADLINE_EXCEEDED, () -> source.stat("a"));
      proxy.pass();
      assertThat(source.stat("a")).isPresent();
    }
  }

  @Test
  void lostConnectionIsMadeAgain() {
    publish("a", TEXT);
    try (FaultyTcpProxy proxy = FaultyTcpProxy.to(server.port());
        ModelSource source = open(proxy.port(), OPTIONS)) {
      assertThat(source.stat("a")).isPresent();
      proxy.cutNow();
      assertThat(source.stat("a")).isPresent();
      assertThat(proxy.accepted()).isEqualTo(2);
    }
  }

  @Test
  void serverThatIsFullIsAskedAgain(@TempDir Path here) {
    publish("a", TEXT);
    server.faults().refuseNext(2);
    try (ModelSource source = open()) {
      assertCode(ErrorCode.UNAVAILABLE, () -> source.stat("a"));
      assertThat(downloader(source, 1).fetch("a", here.resolve("a"), Optional.empty()).bytes())
          .isEqualTo(TEXT.length);
    }
  }

  @Test
  void troubleWithAListingIsNotAnEmptyFolder() {
    publish("model/a", TEXT);
    server.faults().answer("MLSD", 500);
    server.faults().answer("LIST", 450);
    try (ModelSource source = open()) {
      assertCode(ErrorCode.UNAVAILABLE, () -> source.list("model"));
    }
  }

  @Test
  void troubleWithAQuestionIsNotAnAbsentFile() {
    publish("a", TEXT);
    try (ModelSource source = open()) {
      server.faults().answer("SIZE", 450);
      assertCode(ErrorCode.UNAVAILABLE, () -> source.stat("a"));
      server.faults().obey("SIZE");
      server.faults().answer("MDTM", 451);
      assertCode(ErrorCode.UNAVAILABLE, () -> DoneMark.read(source, "a"));
    }
  }

  @Test
  void oldServerIsUnderstoodByItsListing(@TempDir Path here) {
    publish("model/label map.txt", TEXT);
    publish("model/ünï  two", TEXT);
    publish("model/sub dir/c", TEXT);
    for (String command : new String[] {"MLSD", "MLST", "MDTM", "SIZE", "FEAT"}) {
      server.faults().answer(command, 502);
    }
    try (ModelSource source = open()) {
      assertThat(source.list("model"))
          .extracting(RemoteEntry::name)
          .containsExactly("label map.txt", "sub dir", "ünï  two");
      RemoteEntry entry = source.stat("model/label map.txt").orElseThrow();
      assertThat(entry.size()).hasValue(TEXT.length);
      assertThat(entry.validator().orElseThrow().strong()).isFalse();
      assertThat(source.stat("model/sub dir").orElseThrow().folder()).isTrue();
      assertThat(source.stat("model/absent")).isEmpty();
      assertThat(downloader(source, 0).fetch("model", here.resolve("m"), Optional.empty()).files())
          .isEqualTo(3);
    }
  }

  @Test
  void serverWithoutMdtmIsAskedByMlst() {
    publish("a", TEXT);
    try (ModelSource source = open()) {
      Optional<Instant> exact = source.stat("a").orElseThrow().modified();
      server.faults().answer("MDTM", 500);
      assertThat(source.stat("a").orElseThrow().modified()).isEqualTo(exact);
    }
  }

  @Test
  void changeWithinOneSecondIsSeen() throws IOException {
    publish("donefile", TEXT);
    Path file = folder.resolve("donefile");
    Instant time = Instant.parse("2026-01-01T12:00:00.100Z");
    Files.setLastModifiedTime(file, FileTime.from(time));
    try (ModelSource source = open()) {
      DoneMark before = DoneMark.read(source, "donefile").orElseThrow();
      Files.setLastModifiedTime(file, FileTime.from(time.plusMillis(5)));
      assertThat(DoneMark.read(source, "donefile")).isPresent().isNotEqualTo(Optional.of(before));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\nb", "a\u0007b", "back\\slash"})
  void hostileNameInAListingIsRefused(String name) {
    publish("model/" + name, TEXT);
    try (ModelSource source = open()) {
      // a line break splits the line: what is left of it cannot be understood either
      assertCode(ErrorCode.DATA_LOSS, () -> source.list("model"));
    }
  }

  @Test
  void stoppedServerIsUnavailable() {
    try (ModelSource source = open()) {
      server.close();
      assertCode(ErrorCode.UNAVAILABLE, () -> source.stat("a"));
      assertCode(ErrorCode.UNAVAILABLE, () -> DoneMark.read(source, "a"));
    }
  }

  @Test
  void streamThatIsClosedEarlyHarmsNothing() throws IOException {
    publish("a", new byte[3_000_000]);
    try (ModelSource source = open()) {
      try (RemoteStream stream = source.open("a", 0, Optional.empty())) {
        assertThat(stream.bytes().read()).isZero();
      }
      assertThat(read(source, "a")).hasSize(3_000_000);
    }
  }
}
