package io.mlserve.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlserve.fixtures.archive.TarBuilder;
import io.mlserve.fixtures.net.Behaviour;
import io.mlserve.fixtures.net.FaultyHttpServer;
import io.mlserve.fixtures.net.FtpFixture;
import io.mlserve.fixtures.net.HdfsFixture;
import io.mlserve.fixtures.onnx.Models;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The acceptance cases of a monitor that one process can show, by their numbers. */
class MonitorAcceptanceTest {
  private static final byte[] ONE = packed(Models.bytes(Models.halfPlus(1)));
  private static final byte[] TWO = packed(Models.bytes(Models.halfPlus(2)));
  private static final String ARCHIVE = "/models/hp.tar.gz";
  private static final String DONEFILE = "/models/donefile";

  @TempDir Path folder;
  private FaultyHttpServer server;
  private Path live;

  @BeforeEach
  void start() {
    server = FaultyHttpServer.start();
    live = folder.resolve("work/hp");
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private static byte[] packed(byte[] onnx) {
    return new TarBuilder().file("hp/model.onnx", onnx).gzip();
  }

  private void publish(byte[] archive, String note) {
    server.put(ARCHIVE, archive);
    done(note);
  }

  private void done(String note) {
    server.put(DONEFILE, note.getBytes(StandardCharsets.UTF_8));
  }

  /** Paddle's names, then what a test adds. */
  private String[] http(String... more) {
    return arguments(
        List.of("--type=general", "--general_host=http://127.0.0.1:" + server.port()),
        "hp.tar.gz",
        more);
  }

  private String[] arguments(List<String> source, String model, String... more) {
    List<String> line = new ArrayList<>(List.of("monitor"));
    line.addAll(source);
    line.addAll(
        List.of(
            "--remote_path=/models/",
            "--remote_model_name=" + model,
            "--remote_donefile_name=donefile",
            "--local_path=" + folder.resolve("work"),
            "--local_model_name=hp",
            "--interval=100ms",
            "--backoff=50ms..400ms",
            "--max-retries=0"));
    line.addAll(List.of(more));
    return line.toArray(new String[0]);
  }

  private static byte[] model(int n) {
    return Models.bytes(Models.halfPlus(n));
  }

  private void assertServes(int n) {
    assertThat(Trees.digests(live)).isEqualTo(Map.of("model.onnx", Trees.sha256(model(n))));
  }

  @Test
  void a01AgainstARealHdfs() {
    try (HdfsFixture hdfs = HdfsFixture.start()) {
      hdfs.put("/models/hp.tar.gz", ONE);
      hdfs.put("/models/donefile", "1".getBytes(StandardCharsets.UTF_8));
      List<String> source = List.of("--type=hdfs", "--fs_name=" + hdfs.uri());

      MonitorRun run =
          MonitorRun.toItsEnd(arguments(source, "hp.tar.gz", "--once", "--unpacked_filename=hp"));

      assertThat(run.status()).as(run.err()).isZero();
      assertServes(1);
    }
  }

  @Test
  void a02GeneralTypeNeedsNoShell() {
    publish(ONE, "1");

    MonitorRun run = MonitorRun.toItsEnd(http("--once"));

    assertThat(run.status()).as(run.err()).isZero();
    assertThat(run.out()).isEmpty();
    assertServes(1);
  }

  @Test
  void a03FtpFolderWithABlankInANameAndAPasswordFromAFile() throws IOException {
    Path models = Files.createDirectories(folder.resolve("ftp/models/hp"));
    Files.write(models.resolve("model.onnx"), model(1));
    Files.writeString(models.resolve("label map.txt"), "labels");
    Files.writeString(folder.resolve("ftp/models/donefile"), "1");
    Path secret = Files.writeString(folder.resolve("secret"), FtpFixture.PASSWORD + "\n");
    try (FtpFixture ftp = FtpFixture.serving(folder.resolve("ftp"))) {
      ftp.refuseAnonymous();
      List<String> source =
          List.of(
              "--type=ftp",
              "--ftp_host=127.0.0.1",
              "--ftp_port=" + ftp.port(),
              "--ftp_username=" + FtpFixture.USER,
              "--ftp-password-file=" + secret);

      MonitorRun run = MonitorRun.toItsEnd(arguments(source, "hp", "--once", "--debug"));

      assertThat(run.status()).as(run.err()).isZero();
      assertThat(Trees.digests(live)).containsOnlyKeys("label map.txt", "model.onnx");
      assertThat(run.err()).doesNotContain(FtpFixture.PASSWORD + " ").doesNotContain("PASS secret");
    }
  }

  @Test
  void a04TruncatedArchiveIsNeverInstalled() throws IOException {
    publish(ONE, "1");
    try (MonitorRun run = MonitorRun.start(http("--check-model=off"))) {
      run.await("install.done", 1);
      run.await("touch.done", 1);
      String stamp = Files.readString(live.resolve("fluid_time_file"));

      publish(Arrays.copyOf(TWO, TWO.length / 2), "2");
      run.await("update.failed", 2); // and tried again after its backoff

      assertServes(1);
      assertThat(Files.readString(live.resolve("fluid_time_file"))).isEqualTo(stamp);
      assertThat(run.err()).contains("ERROR").contains("next attempt in");

      server.put(ARCHIVE, TWO);
      run.await("install.done", 2);
      assertServes(2);
    }
  }

  @Test
  void a05ArchiveThatWritesElsewhereIsRefused() {
    publish(ONE, "1");
    MonitorRun.toItsEnd(http("--once"));
    byte[] evil = "evil".getBytes(StandardCharsets.UTF_8);
    List<TarBuilder> attacks =
        List.of(
            new TarBuilder().file("hp/a", evil).file("../../evil", evil),
            new TarBuilder().file(folder + "/evil", evil),
            new TarBuilder().link("hp/etc", "/etc").file("hp/etc/evil", evil));
    for (TarBuilder attack : attacks) {
      publish(attack.gzip(), "2");

      MonitorRun run = MonitorRun.toItsEnd(http("--once"));

      assertThat(run.status()).as(run.err()).isEqualTo(7);
      assertThat(named("evil")).isEmpty();
      assertServes(1);
    }
  }

  private List<Path> named(String name) {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(path -> path.getFileName().toString().contains(name)).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void a06TwoUpdatesInTheSameSecond() {
    Instant second = Instant.parse("2026-01-01T12:00:00Z");
    server.always(DONEFILE, Behaviour.normal().withoutEtag());
    server.put(ARCHIVE, ONE, second);
    server.put(DONEFILE, "1".getBytes(StandardCharsets.UTF_8), second);
    try (MonitorRun run = MonitorRun.start(http("--check-model=off", "--debug"))) {
      run.await("install.done", 1);
      server.put(ARCHIVE, TWO, second);
      server.put(DONEFILE, "2".getBytes(StandardCharsets.UTF_8), second);
      int looks = run.count("donefile.check");

      run.await("install.done", 2);

      assertServes(2);
      assertThat(run.count("donefile.check")).isLessThanOrEqualTo(looks + 2);
    }
  }

  @Test
  void a06TwoUpdatesInTheSameMinuteOnARealHdfs() {
    try (HdfsFixture hdfs = HdfsFixture.start()) {
      hdfs.put("/models/hp.tar.gz", ONE);
      hdfs.put("/models/donefile", "1".getBytes(StandardCharsets.UTF_8));
      List<String> source = List.of("--type=hdfs", "--fs_name=" + hdfs.uri());
      String[] line = arguments(source, "hp.tar.gz", "--check-model=off", "--debug");
      try (MonitorRun run = MonitorRun.start(line)) {
        run.await("install.done", 1);
        hdfs.put("/models/hp.tar.gz", TWO);
        hdfs.put("/models/donefile", "2".getBytes(StandardCharsets.UTF_8));
        int looks = run.count("donefile.check");

        run.await("install.done", 2);

        assertServes(2);
        assertThat(run.count("donefile.check")).isLessThanOrEqualTo(looks + 2);
      }
    }
  }

  @Test
  void a07UnchangedDonefileIsPulledOnceAndNotAtAllAfterARestart() {
    server.always(DONEFILE, Behaviour.normal().withoutLastModified().withoutEtag());
    server.always(ARCHIVE, Behaviour.normal().withoutLastModified().withoutEtag());
    publish(ONE, "1");
    for (int restart = 0; restart < 2; restart++) {
      try (MonitorRun run = MonitorRun.start(http("--check-model=off", "--debug"))) {
        run.await("donefile.check", 10);
      }
    }

    assertThat(server.requests("GET", ARCHIVE)).hasSize(1);
    assertServes(1);
  }

  @Test
  void a08OutageIsWaitedFor() {
    server.always(DONEFILE, Behaviour.normal().status(503));
    MonitorRun once = MonitorRun.toItsEnd(http("--once"));
    assertThat(once.status()).isEqualTo(5);
    try (MonitorRun run = MonitorRun.start(http("--check-model=off"))) {
      run.await("source.down", 3);
      publish(ONE, "1");
      assertThat(run.isAlive()).isTrue();
      assertThat(run.err()).contains("WARN");

      server.always(DONEFILE, Behaviour.normal());
      run.await("install.done", 1);

      assertThat(run.count("source.up")).isEqualTo(1);
      assertServes(1);
    }
  }

  @Test
  void a09ArchiveReplacedDuringThePullIsNeverMixed() throws IOException {
    byte[] first = large(1);
    byte[] second = large(2);
    server.always(ARCHIVE, Behaviour.normal().drip(16 << 10, Duration.ofMillis(10)));
    publish(first, "1");
    try (MonitorRun run = MonitorRun.start(http("--check-model=off"))) {
      run.await("pull.start", 1);
      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> !server.requests("GET", ARCHIVE).isEmpty());
      publish(second, "2");
      run.await("touch.done", 1);
      Awaitility.await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(
              () ->
                  assertThat(Files.readString(folder.resolve("work/.versions/hp/.state.json")))
                      .contains(Trees.sha256(second)));

      assertThat(Trees.digests(live)).containsEntry("w.bin", Trees.sha256(noise(2)));
      assertThat(run.err().lines().filter(line -> line.contains("pull.done")))
          .allMatch(
              line -> line.contains(Trees.sha256(first)) || line.contains(Trees.sha256(second)));
    }
  }

  private static byte[] noise(int seed) {
    byte[] noise = new byte[1 << 20];
    new Random(seed).nextBytes(noise);
    return noise;
  }

  private static byte[] large(int seed) {
    return new TarBuilder().file("hp/w.bin", noise(seed)).gzip();
  }

  @Test
  void a11VersionIsExactlyWhatWasPublished() throws IOException {
    for (int i = 1; i <= 6; i++) {
      publish(TarBuilder.tarGz(Map.of("hp/model", "v" + i, "hp/extra.bin", "x")), "" + i);
      MonitorRun.toItsEnd(http("--once", "--check-model=off", "--keep", "3"));
    }
    publish(TarBuilder.tarGz(Map.of("hp/model", "v7", "hp/.hidden", "h")), "7");
    MonitorRun.toItsEnd(http("--once", "--check-model=off", "--keep", "3"));

    assertThat(Trees.digests(live)).containsOnlyKeys("model", ".hidden");
    try (var versions = Files.newDirectoryStream(live.resolveSibling(".versions/hp"), "[0-9]*")) {
      assertThat(versions)
          .extracting(path -> path.getFileName().toString().replaceFirst("-.*", ""))
          .containsExactlyInAnyOrder("7", "6", "5", "4");
    }
  }

  @Test
  void a12BlanksAndShellWordsInAPathAreJustAPath() {
    publish(ONE, "1");
    String[] line = http("--once");
    for (int i = 0; i < line.length; i++) {
      line[i] = line[i].replace("/work", "/dir with space;touch x");
    }

    MonitorRun run = MonitorRun.toItsEnd(line);

    assertThat(run.status()).as(run.err()).isZero();
    assertThat(folder.resolve("dir with space;touch x/hp/model.onnx")).exists();
    assertThat(named("x").stream().filter(p -> p.getFileName().toString().equals("x"))).isEmpty();
    assertThat(Path.of("x")).doesNotExist();
  }

  @Test
  void a14ModelThatDoesNotLoadIsRefusedByTheCheck() {
    publish(ONE, "1");
    MonitorRun.toItsEnd(http("--once"));
    byte[] corrupt = packed(Models.bytes(Models.corrupt()));
    publish(corrupt, "2");

    MonitorRun refused = MonitorRun.toItsEnd(http("--once"));
    assertThat(refused.status()).as(refused.err()).isEqualTo(7);
    assertThat(refused.err()).contains("update.failed").contains("cannot load");
    assertServes(1);

    MonitorRun unchecked = MonitorRun.toItsEnd(http("--once", "--check-model=off"));
    assertThat(unchecked.status()).as(unchecked.err()).isZero();
    assertThat(Trees.digests(live))
        .containsEntry("model.onnx", Trees.sha256(Models.bytes(Models.corrupt())));

    publish(TWO, "3");
    MonitorRun good = MonitorRun.toItsEnd(http("--once"));
    assertThat(good.status()).as(good.err()).isZero();
    assertServes(2);
  }

  @Test
  void unknownTypeIsAUsageErrorThatListsTheKnownOnes() {
    MonitorRun run = MonitorRun.toItsEnd(arguments(List.of("--type=s3"), "m", "--once"));

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).contains("general, http, hdfs, afs, ftp, file or webhdfs");
  }

  @Test
  void absentDonefileIsStatusSix() {
    MonitorRun run = MonitorRun.toItsEnd(http("--once"));

    assertThat(run.status()).as(run.err()).isEqualTo(6);
  }

  @Test
  void nothingNewIsStatusNineWhenAskedFor() {
    publish(ONE, "1");
    MonitorRun.toItsEnd(http("--once", "--check-model=off"));

    assertThat(MonitorRun.toItsEnd(http("--once")).status()).isZero();
    assertThat(MonitorRun.toItsEnd(http("--once", "--exit-nothing-changed")).status()).isEqualTo(9);
  }

  @Test
  void jsonIsOneObjectAboutTheLook() {
    publish(ONE, "1");
    MonitorRun installed = MonitorRun.toItsEnd(http("--once", "--json", "--check-model=off"));
    MonitorRun again = MonitorRun.toItsEnd(http("--once", "--json", "--check-model=off"));
    publish(Arrays.copyOf(TWO, TWO.length / 2), "2");
    MonitorRun failed = MonitorRun.toItsEnd(http("--once", "--json", "--check-model=off"));

    assertThat(installed.out().lines())
        .singleElement()
        .asString()
        .startsWith(
            "{\"type\":\"summary\",\"outcome\":\"installed\",\"source\":\"http://127.0.0.1:")
        .contains("\"path\":\"" + live + "\",\"version\":\"1-");
    assertThat(again.out()).contains("\"outcome\":\"up_to_date\"");
    assertThat(failed.status()).isEqualTo(7);
    assertThat(failed.out()).contains("\"outcome\":\"failed\"").contains("\"code\":\"DATA_LOSS\"");
    assertThat(failed.err()).contains("{\"type\":\"error\",\"command\":\"mlserve monitor\"");
  }

  @Test
  void jsonOfAMonitorWithoutEndIsRefused() {
    MonitorRun run = MonitorRun.toItsEnd(http("--json"));

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).contains("expected: --once or --dry-run");
  }

  @Test
  void dryRunSaysWhatWouldBeFetchedAndWritesNothing() {
    MonitorRun absent = MonitorRun.toItsEnd(http("--dry-run"));
    assertThat(absent.status()).isEqualTo(6);
    publish(ONE, "1");

    MonitorRun run = MonitorRun.toItsEnd(http("--dry-run", "--json"));

    assertThat(run.status()).as(run.err()).isZero();
    assertThat(run.out()).contains("\"outcome\":\"due\"").contains("\"bytes\":" + ONE.length);
    assertThat(run.err()).contains("would fetch hp.tar.gz (").contains("as " + live);
    assertThat(folder.resolve("work")).doesNotExist();
    assertThat(server.requests("GET", ARCHIVE)).isEmpty();

    MonitorRun.toItsEnd(http("--once", "--check-model=off"));
    MonitorRun after = MonitorRun.toItsEnd(http("--dry-run", "--exit-nothing-changed"));
    assertThat(after.status()).isEqualTo(9);
    assertThat(after.err()).contains("is up to date: nothing would be done");
  }

  @Test
  void quietCronJobSaysNothingWhenAllIsWell() {
    publish(ONE, "1");

    MonitorRun run = MonitorRun.toItsEnd(http("--once", "-q", "--check-model=off"));

    assertThat(run.status()).isZero();
    assertThat(run.err()).isEmpty();
  }

  @Test
  void updateHookIsToldTheVersion() throws IOException {
    publish(ONE, "1");
    Path told = folder.resolve("told");

    MonitorRun.toItsEnd(
        http(
            "--once",
            "--check-model=off",
            "--on-update",
            "printf '%s %s' \"$MODEL_VERSION\" \"$MODEL_PATH\" > '" + told + "'"));

    assertThat(Files.readString(told)).isEqualTo("1 " + live);
  }

  @Test
  void passwordOnTheCommandLineWorksIsWarnedOfAndNeverLogged() throws IOException {
    Files.createDirectories(folder.resolve("ftp/models"));
    Files.write(folder.resolve("ftp/models/hp.tar.gz"), ONE);
    Files.writeString(folder.resolve("ftp/models/donefile"), "1");
    try (FtpFixture ftp = FtpFixture.serving(folder.resolve("ftp"))) {
      ftp.refuseAnonymous();
      List<String> source =
          List.of(
              "--type=ftp",
              "--ftp_host=127.0.0.1",
              "--ftp_port=" + ftp.port(),
              "--ftp_username=" + FtpFixture.USER,
              "--ftp_password=" + FtpFixture.PASSWORD);

      MonitorRun run =
          MonitorRun.toItsEnd(arguments(source, "hp.tar.gz", "--once", "-vv", "--check-model=off"));

      assertThat(run.status()).as(run.err()).isZero();
      assertThat(run.err()).contains("monitor.secret");
      assertThat(run.err().replace("monitor.secret", "").replace("the secret in a file", ""))
          .doesNotContain(FtpFixture.PASSWORD);
    }
  }
}
