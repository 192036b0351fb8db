package io.mlserve.remote;

import static io.mlserve.remote.ModelSourceContract.assertCode;
import static io.mlserve.remote.ModelSourceContract.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.fixtures.net.Behaviour;
import io.mlserve.fixtures.net.FaultyHttpServer;
import io.mlserve.fixtures.net.RecordedRequest;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HttpSourceTest implements ModelSourceContract {
  private static final SourceOptions OPTIONS =
      SourceOptions.DEFAULTS
          .withTimeouts(Duration.ofSeconds(5), Duration.ofSeconds(5))
          .withEnvironment(Map.of());
  private static final SourceOptions IMPATIENT =
      OPTIONS.withTimeouts(Duration.ofSeconds(5), Duration.ofMillis(300));

  private final FaultyHttpServer server = FaultyHttpServer.start();
  private final Map<String, Checksum> published = new TreeMap<>();

  @AfterEach
  void stop() {
    server.close();
  }

  @Override
  public void publish(String path, byte[] bytes) {
    published.put(path, Checksum.of(bytes));
    server.put("/" + path, bytes);
  }

  @Override
  public void finish(String folder) {
    StringBuilder lines = new StringBuilder();
    published.forEach(
        (path, sha256) -> {
          if (path.startsWith(folder + "/")) {
            lines.append(sha256 + "  " + path.substring(folder.length() + 1) + "\n");
          }
        });
    server.put(
        "/" + folder + "/" + Manifest.NAME, lines.toString().getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public ModelSource open() {
    return open("", OPTIONS);
  }

  @Override
  public ModelSource openAt(String path) {
    return open(path, OPTIONS);
  }

  private ModelSource open(String path, SourceOptions options) {
    return ModelSources.open(SourceUri.parse(server.uri("/").toString()).resolve(path), options);
  }

  private static Downloader downloader(ModelSource source, int retries) {
    RetryPolicy policy =
        new RetryPolicy(
            retries, Duration.ofMillis(1), Duration.ofMillis(20), Duration.ofSeconds(30));
    return new Downloader(source, DownloadLimits.DEFAULTS, new Retry(policy), Progress.none());
  }

  @ParameterizedTest
  @CsvSource({
    "401, UNAUTHENTICATED",
    "403, PERMISSION_DENIED",
    "429, UNAVAILABLE",
    "500, UNAVAILABLE",
    "503, UNAVAILABLE",
    "504, UNAVAILABLE",
    "400, INVALID_ARGUMENT",
    "304, INVALID_ARGUMENT",
  })
  void statusHasItsMeaning(int status, ErrorCode code) {
    publish("a", TEXT);
    server.always("/a", Behaviour.normal().status(status));
    try (ModelSource source = open()) {
      assertCode(code, () -> source.stat("a"));
      assertCode(code, () -> source.open("a", 0, Optional.empty()));
      assertCode(code, () -> DoneMark.read(source, "a"));
    }
  }

  @Test
  void headThatIsNotAllowedIsAskedAsGet() {
    publish("a", TEXT);
    server.next("/a", Behaviour.normal().status(403));
    try (ModelSource source = open()) {
      assertThat(source.stat("a").orElseThrow().size()).hasValue(TEXT.length);
    }
  }

  @Test
  void cutTransferIsContinuedAndNotBegunAgain(@TempDir Path here) {
    byte[] bytes = new byte[500_000];
    publish("a", bytes);
    server.next("/a", Behaviour.normal(), Behaviour.normal().cutAfter(200_000));
    try (ModelSource source = open()) {
      Download download = downloader(source, 1).fetch("a", here.resolve("a"), Optional.empty());
      assertThat(download.attempts()).isEqualTo(2);
      // what the client has received but not handed over is lost with the connection
      assertThat(download.resumedFrom()).isBetween(1L, 200_000L);
      assertThat(here.resolve("a")).hasBinaryContent(bytes);
      RecordedRequest last = server.requests("GET", "/a").get(1);
      assertThat(last.header("Range")).contains("bytes=" + download.resumedFrom() + "-");
      assertThat(last.status()).isEqualTo(206);
    }
  }

  @Test
  void laterRunContinuesWhatAnEarlierOneLeft(@TempDir Path here) {
    byte[] bytes = new byte[500_000];
    publish("a", bytes);
    server.next("/a", Behaviour.normal(), Behaviour.normal().cutAfter(200_000));
    Path into = here.resolve("a");
    try (ModelSource source = open()) {
      assertCode(
          ErrorCode.UNAVAILABLE, () -> downloader(source, 0).fetch("a", into, Optional.empty()));
    }
    assertThat(into).doesNotExist();
    try (ModelSource source = open()) {
      Download download = downloader(source, 0).fetch("a", into, Optional.of(Checksum.of(bytes)));
      assertThat(download.resumedFrom()).isBetween(1L, 200_000L);
    }
    assertThat(here.toFile().list()).containsExactly("a");
  }

  @Test
  void fileThatChangedBetweenAttemptsIsBegunAgain(@TempDir Path here) {
    byte[] old = new byte[500_000];
    byte[] fresh = "new version".repeat(10_000).getBytes(StandardCharsets.UTF_8);
    publish("a", old);
    server.next("/a", Behaviour.normal(), Behaviour.normal().cutAfter(90_000).thenReplaceBy(fresh));
    try (ModelSource source = open()) {
      Download download = downloader(source, 1).fetch("a", here.resolve("a"), Optional.empty());
      assertThat(download.resumedFrom()).isZero();
      assertThat(here.resolve("a")).hasBinaryContent(fresh);
    }
  }

  @Test
  void fileThatChangesWhileItIsReadIsReadAgain(@TempDir Path here) {
    byte[] fresh = "new version".getBytes(StandardCharsets.UTF_8);
    publish("a", TEXT);
    server.next("/a", Behaviour.normal(), Behaviour.normal().thenReplaceBy(fresh));
    try (ModelSource source = open()) {
      Download download = downloader(source, 1).fetch("a", here.resolve("a"), Optional.empty());
      assertThat(download.attempts()).isEqualTo(2);
      assertThat(here.resolve("a")).hasBinaryContent(fresh);
    }
  }

  @ParameterizedTest
  @CsvSource({"weak", "fresh-date", "none", "no-ranges"})
  void withoutAStrongValidatorItIsBegunAgain(String kind, @TempDir Path here) {
    Behaviour behaviour =
        switch (kind) {
          case "weak" -> Behaviour.normal().weakEtag();
          case "fresh-date" -> Behaviour.normal().withoutEtag();
          case "none" -> Behaviour.normal().withoutEtag().withoutLastModified();
          default -> Behaviour.normal().ignoringRanges();
        };
    byte[] bytes = new byte[500_000];
    publish("a", bytes);
    server.always("/a", behaviour);
    server.next("/a", behaviour, behaviour.cutAfter(200_000));
    try (ModelSource source = open()) {
      Download download = downloader(source, 1).fetch("a", here.resolve("a"), Optional.empty());
      assertThat(download.attempts()).isEqualTo(2);
      assertThat(download.resumedFrom()).isZero();
      assertThat(here.resolve("a")).hasBinaryContent(bytes);
    }
  }

  @Test
  void oldLastModifiedIsGoodEnoughToContinue(@TempDir Path here) {
    byte[] bytes = new byte[500_000];
    server.put("/a", bytes, Instant.now().minusSeconds(3600));
    server.always("/a", Behaviour.normal().withoutEtag());
    server.next(
        "/a", Behaviour.normal().withoutEtag(), Behaviour.normal().withoutEtag().cutAfter(200_000));
    try (ModelSource source = open()) {
      Download download = downloader(source, 1).fetch("a", here.resolve("a"), Optional.empty());
      assertThat(download.resumedFrom()).isBetween(1L, 200_000L);
    }
  }

  @Test
  void lengthMayBeUnknown(@TempDir Path here) {
    byte[] bytes = new byte[300_000];
    publish("a", bytes);
    server.always("/a", Behaviour.normal().withoutLength());
    try (ModelSource source = open()) {
      assertThat(downloader(source, 0).fetch("a", here.resolve("a"), Optional.empty()).bytes())
          .isEqualTo(300_000);
    }
  }

  @Test
  void cutChunksAreNoEnd(@TempDir Path here) {
    publish("a", new byte[300_000]);
    server.always("/a", Behaviour.normal().withoutLength().cutAfter(100_000));
    try (ModelSource source = open()) {
      assertCode(
          ErrorCode.UNAVAILABLE,
          () -> downloader(source, 0).fetch("a", here.resolve("a"), Optional.empty()));
    }
    assertThat(here.resolve("a")).doesNotExist();
  }

  @Test
  void stallEndsAtTheReadTimeLimit() {
    publish("a", new byte[300_000]);
    server.always("/a", Behaviour.normal().stallAfter(1_000));
    try (ModelSource source = open("", IMPATIENT)) {
      assertCode(ErrorCode.DEADLINE_EXCEEDED, () -> read(source, "a"));
    }
  }

  @Test
  void serverThatNeverAnswersEndsAtTheReadTimeLimit() {
    publish("a", TEXT);
    server.always("/a", Behaviour.normal().stallBeforeHeaders());
    try (ModelSource source = open("", IMPATIENT)) {
      assertCode(ErrorCode.DEADLINE_EXCEEDED, () -> source.stat("a"));
      assertCode(ErrorCode.DEADLINE_EXCEEDED, () -> DoneMark.read(source, "a"));
    }
  }

  @Test
  void slowButSteadyTransferIsNoStall() {
    publish("a", new byte[1_000]);
    server.always("/a", Behaviour.normal().drip(100, Duration.ofMillis(60)));
    try (ModelSource source = open("", IMPATIENT)) {
      assertThat(read(source, "a")).hasSize(1_000);
    }
  }

  @Test
  void refusedConnectionIsUnavailable() {
    try (ModelSource source = open()) {
      server.close();
      assertCode(ErrorCode.UNAVAILABLE, () -> source.stat("a"));
      assertCode(ErrorCode.UNAVAILABLE, () -> DoneMark.read(source, "a"));
    }
  }

  @Test
  void serverSaysWhenToComeBack(@TempDir Path here) {
    publish("a", TEXT);
    Behaviour busy = Behaviour.normal().status(429).header("Retry-After", "1");
    server.next("/a", Behaviour.normal(), busy);
    long start = System.nanoTime();
    try (ModelSource source = open()) {
      downloader(source, 1).fetch("a", here.resolve("a"), Optional.empty());
    }
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofSeconds(1));
  }

  @Test
  void serverThatWantsTooLongAPauseIsGivenUp(@TempDir Path here) {
    publish("a", TEXT);
    server.always("/a", Behaviour.normal().status(503).header("Retry-After", "3600"));
    try (ModelSource source = open()) {
      assertCode(
          ErrorCode.UNAVAILABLE,
          () -> downloader(source, 9).fetch("a", here.resolve("a"), Optional.empty()));
    }
  }

  @Test
  void loginIsShownToItsServerOnly() {
    try (FaultyHttpServer other = FaultyHttpServer.start()) {
      other.put("/b", TEXT);
      publish("a", TEXT);
      server.always("/a", Behaviour.normal().redirectTo(other.uri("/b")));
      SourceOptions options =
          OPTIONS.withCredentials(Credentials.of(new Credential.Login("u", "p")));
      try (ModelSource source = open("", options)) {
        assertThat(read(source, "a")).isEqualTo(TEXT);
      }
      assertThat(server.requests("GET", "/a").get(0).header("Authorization")).isPresent();
      assertThat(other.requests("GET", "/b").get(0).header("Authorization")).isEmpty();
    }
  }

  @Test
  void secretFileIsReadAgainAtEachAttempt(@TempDir Path here) throws Exception {
    publish("a", TEXT);
    server.always("/a", Behaviour.normal().demanding("me", "second"));
    Path file = Files.writeString(here.resolve("pw"), "first\n");
    try (ModelSource source = open("", OPTIONS.withCredentials(Credentials.login("me", file)))) {
      assertCode(ErrorCode.UNAUTHENTICATED, () -> source.stat("a"));
      Files.writeString(file, "second\n");
      assertThat(source.stat("a")).isPresent();
    }
  }

  @Test
  void loginInTheUriIsUsedAndNeverShown() {
    publish("a", TEXT);
    server.always("/a", Behaviour.normal().demanding("me", "p@ss"));
    String base = "http://me:p%40ss@127.0.0.1:" + server.port();
    try (ModelSource source = ModelSources.open(SourceUri.parse(base), OPTIONS)) {
      assertThat(read(source, "a")).isEqualTo(TEXT);
      server.always("/a", Behaviour.normal().status(500));
      assertThatThrownBy(() -> source.stat("a")).hasMessageNotContaining("p@ss");
      assertThatThrownBy(() -> source.stat("a")).hasMessageNotContaining("p%40ss");
    }
  }

  @Test
  void redirectToAnotherProtocolIsRefused() {
    server.always("/a", Behaviour.normal().redirectTo(URI.create("ftp://127.0.0.1/x")));
    server.always("/b", Behaviour.normal().redirectTo(URI.create("file:///etc/passwd")));
    try (ModelSource source = open()) {
      assertCode(ErrorCode.PERMISSION_DENIED, () -> source.stat("a"));
      assertCode(ErrorCode.PERMISSION_DENIED, () -> source.stat("b"));
    }
  }

  @Test
  void endlessRedirectsEnd() {
    server.always("/a", Behaviour.normal().redirectTo(server.uri("/a")));
    try (ModelSource source = open()) {
      assertCode(ErrorCode.INVALID_ARGUMENT, () -> read(source, "a"));
    }
    assertThat(server.requests()).hasSizeLessThan(10);
  }

  @Test
  void queryIsSentAndMasked() {
    publish("a", TEXT);
    server.always("/a", Behaviour.normal().status(500));
    SourceUri uri = SourceUri.parse(server.uri("/a") + "?sig=secret");
    try (ModelSource source = ModelSources.open(uri, OPTIONS)) {
      assertThatThrownBy(() -> source.stat(""))
          .hasMessageContaining("sig=***")
          .hasMessageNotContaining("secret");
    }
  }

  @Test
  void folderWithoutManifestSaysWhatItNeeds() {
    publish("model/a", TEXT);
    try (ModelSource source = open()) {
      assertThatThrownBy(() -> source.list("model"))
          .isInstanceOfSatisfying(
              MlserveException.class, e -> assertThat(e.hint().orElse("")).contains("sha256sum"));
    }
  }

  @Test
  void folderPageIsReadWhenAskedFor() {
    publish("model/a b", TEXT);
    publish("model/sub/c", TEXT);
    server.autoindex(true);
    try (ModelSource source = open("", OPTIONS.withAutoindex(true))) {
      assertThat(source.list("model")).extracting(RemoteEntry::name).containsExactly("a b", "sub");
    }
  }

  @ParameterizedTest
  @CsvSource({"../../etc/passwd", "a/../../b", "/etc/passwd", "a//b", ".."})
  void hostileManifestIsRefused(String name) {
    String line = Checksum.of(TEXT) + "  " + name + "\n";
    server.put("/model/" + Manifest.NAME, line.getBytes(StandardCharsets.UTF_8));
    try (ModelSource source = open()) {
      assertCode(ErrorCode.DATA_LOSS, () -> source.list("model"));
    }
  }

  @ParameterizedTest
  @CsvSource({"..%2f..%2fetc", "a%0d%0ab", "a%5cb", "%2e%2e", "%zz"})
  void hostileFolderPageIsRefused(String link) {
    server.put("/model/", ("<a href=\"" + link + "\">x</a>").getBytes(StandardCharsets.UTF_8));
    try (ModelSource source = open("", OPTIONS.withAutoindex(true))) {
      assertCode(ErrorCode.DATA_LOSS, () -> source.list("model"));
    }
  }

  @Test
  void fileThatIsNotWhatTheManifestSaysIsRefused(@TempDir Path here) {
    publish("model/a", TEXT);
    finish("model");
    server.put("/model/a", "not those bytes!".getBytes(StandardCharsets.UTF_8));
    try (ModelSource source = open()) {
      assertCode(
          ErrorCode.DATA_LOSS,
          () -> downloader(source, 0).fetch("model", here.resolve("m"), Optional.empty()));
    }
    assertThat(here.resolve("m")).doesNotExist();
  }

  @Test
  void wrongChecksumLeavesNothing(@TempDir Path here) {
    publish("a", TEXT);
    try (ModelSource source = open()) {
      assertCode(
          ErrorCode.DATA_LOSS,
          () ->
              downloader(source, 3)
                  .fetch("a", here.resolve("a"), Optional.of(Checksum.of(new byte[1]))));
    }
    assertThat(here).isEmptyDirectory();
  }

  @Test
  void limitOnBytesHoldsWithAndWithoutALength(@TempDir Path here) {
    publish("a", new byte[10_000]);
    for (Behaviour behaviour :
        new Behaviour[] {Behaviour.normal(), Behaviour.normal().withoutLength()}) {
      server.always("/a", behaviour);
      try (ModelSource source = open()) {
        Downloader downloader =
            new Downloader(
                source, DownloadLimits.DEFAULTS.withBytes(9_999), Retry.never(), Progress.none());
        assertCode(
            ErrorCode.RESOURCE_EXHAUSTED,
            () -> downloader.fetch("a", here.resolve("a"), Optional.empty()));
      }
    }
  }

  @Test
  void treeIsContinuedFileByFile(@TempDir Path here) {
    publish("model/a", new byte[1_000]);
    publish("model/b", new byte[500_000]);
    finish("model");
    server.next("/model/b", Behaviour.normal().cutAfter(100_000));
    Path into = here.resolve("m");
    try (ModelSource source = open()) {
      assertCode(
          ErrorCode.UNAVAILABLE,
          () -> downloader(source, 0).fetch("model", into, Optional.empty()));
      assertThat(into).doesNotExist();
      Download download = downloader(source, 0).fetch("model", into, Optional.empty());
      assertThat(download.resumedFrom()).isGreaterThan(1_000);
    }
    assertThat(server.requests("GET", "/model/a")).hasSize(1);
    assertThat(here.toFile().list()).containsExactly("m");
  }

  @Test
  void whatLeftTheSourceSinceTheLastRunIsNotKept(@TempDir Path here) {
    publish("model/old/a", new byte[1_000]);
    publish("model/z", new byte[500_000]);
    finish("model");
    server.next("/model/z", Behaviour.normal().cutAfter(100_000));
    Path into = here.resolve("m");
    try (ModelSource source = open()) {
      assertCode(
          ErrorCode.UNAVAILABLE,
          () -> downloader(source, 0).fetch("model", into, Optional.empty()));
      published.remove("model/old/a");
      finish("model");
      downloader(source, 0).fetch("model", into, Optional.empty());
    }
    assertThat(into.toFile().list()).containsExactlyInAnyOrder("z", Manifest.NAME);
  }
}
