package io.mlserve.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlserve.fixtures.archive.TarBuilder;
import io.mlserve.fixtures.net.Behaviour;
import io.mlserve.fixtures.net.FaultyHttpServer;
import io.mlserve.fixtures.net.LoopbackClient;
import io.mlserve.fixtures.onnx.Models;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The acceptance cases of a monitor that need processes, by their numbers. */
class MonitorProcessTest {
  // Answers hadoop fs [-D x=y] -stat|-ls|-cat from the folder "remote" beside it.
  private static final String HADOOP =
      """
      #!/bin/sh
      here=$(dirname "$0")
      shift
      while [ "$1" = -D ]; do shift 2; done
      action=$1
      for path; do :; done
      file=$here/remote$path
      [ -e "$file" ] || { echo "${action#-}: \\`$path': No such file or directory" >&2; exit 1; }
      case $action in
        -stat) echo "regular file|$(stat -c %s "$file")|$(stat -c %.3Y "$file" | tr -d .)" ;;
        -cat) cat "$file" ;;
        *) exit 255 ;;
      esac
      """;

  private static final String HOUSE =
      "{\"instances\": [[0.00632, 18, 2.31, 0, 0.538, 6.575, 65.2, 4.09, 1, 296, 15.3, 396.9, 4.98]]}";
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir Path folder;

  @Test
  void a01PublishedHdfsCommandLineWorksVerbatimAndServeFollows() throws IOException {
    Path hadoop = Files.writeString(folder.resolve("hadoop"), HADOOP);
    Files.setPosixFilePermissions(hadoop, PosixFilePermissions.fromString("rwx------"));
    Path remote = Files.createDirectory(folder.resolve("remote"));
    byte[] second = Models.bytes(Models.uciHousing(2));
    Files.write(
        remote.resolve("uci_housing.tar.gz"),
        new TarBuilder().file("uci_housing_model/model.onnx", second).gzip());
    Files.writeString(remote.resolve("donefile"), "");
    Path work = Files.createDirectory(folder.resolve("work"));
    Path live = Files.createDirectory(work.resolve("uci_housing_model"));
    Files.write(live.resolve("model.onnx"), Models.bytes(Models.uciHousing(1)));
    Path stamp = Files.writeString(live.resolve("fluid_time_file"), "");
    Files.setLastModifiedTime(stamp, FileTime.from(Instant.parse("2026-01-01T00:00:00Z")));
    FileTime before = Files.getLastModifiedTime(stamp);

    try (CliProcess serve = serve(live);
        LoopbackClient client = new LoopbackClient(port(serve))) {
      awaitPrice(client, "29.13"); // what version 1 says
      pullAsPublished(work, hadoop);

      assertThat(Trees.digests(live)).isEqualTo(Map.of("model.onnx", Trees.sha256(second)));
      assertThat(Files.getLastModifiedTime(stamp)).isGreaterThan(before);
      awaitPrice(client, "29.92");
    }
  }

  private void pullAsPublished(Path work, Path hadoop) {
    try (MonitorProcess monitor =
        MonitorProcess.start(
            work,
            "--type=hdfs",
            "--hadoop_bin=" + hadoop,
            "--remote_path=/",
            "--remote_model_name=uci_housing.tar.gz",
            "--remote_donefile_name=donefile",
            "--local_path=.",
            "--local_model_name=uci_housing_model",
            "--local_timestamp_file=fluid_time_file",
            "--local_tmp_path=_tmp",
            "--unpacked_filename=uci_housing_model",
            "--debug")) {
      monitor.await("monitor.sleep");

      assertThat(monitor.log())
          .containsSubsequence(
              "monitor.start",
              "donefile.check",
              "donefile.changed",
              "pull.start",
              "pull.done",
              "unpack.start",
              "unpack.done",
              "check.done",
              "install.done",
              "touch.done",
              "monitor.sleep");
    }
  }

  private CliProcess serve(Path model) throws IOException {
    return CliProcess.start(
        folder,
        Map.of(),
        List.of(
            "serve",
            "--model=uci_housing=" + model,
            "--host=127.0.0.1",
            "--port=0",
            "--port-file=" + folder.resolve("port"),
            "--reload-interval=100ms"));
  }

  private int port(CliProcess serve) throws IOException {
    Path file = folder.resolve("port");
    Awaitility.await()
        .atMost(PATIENCE)
        .until(() -> Files.exists(file) || !serve.process().isAlive());
    assertThat(file).as(serve.err()).exists();
    return Integer.parseInt(Files.readString(file).strip());
  }

  private static void awaitPrice(LoopbackClient client, String price) {
    Awaitility.await("a price of " + price)
        .atMost(PATIENCE)
        .until(
            () ->
                client.post("/v1/models/uci_housing:predict", HOUSE).body().contains("[[" + price));
  }

  @Test
  void a10ReaderSeesOnlyCompleteVersions() throws IOException {
    int megabytes = Integer.getInteger("mlserve.a10.megabytes", 20);
    int updates = 20;
    Path remote = Files.createDirectory(folder.resolve("remote"));
    byte[] weights = new byte[megabytes << 20];
    new Random(1).nextBytes(weights);
    Map<Integer, String> expected = new HashMap<>();
    int torn = 0;
    int reads = 0;
    try (MonitorRun monitor =
        MonitorRun.start(
            "monitor",
            "--type=file",
            "--remote-path=" + remote,
            "--remote-model-name=m.tar",
            "--remote-donefile-name=donefile",
            "--local-path=" + folder,
            "--local-model-name=m",
            "--check-model=off",
            "--interval=20ms")) {
      Path live = folder.resolve("m");
      for (int version = 1; version <= updates; version++) {
        weights[version] ^= 1;
        byte[] note = Integer.toString(version).getBytes(StandardCharsets.UTF_8);
        expected.put(version, Trees.sha256(weights));
        Trees.replace(
            remote.resolve("m.tar"),
            new TarBuilder().file("m/a.bin", note).file("m/w.bin", weights).tar());
        Trees.replace(remote.resolve("donefile"), note);
        do {
          if (Files.exists(live)) {
            reads++;
            torn += isTorn(live, expected) ? 1 : 0;
          }
        } while (monitor.count("touch.done") < version && monitor.isAlive());
      }
      assertThat(monitor.count("install.done")).as(monitor.err()).isEqualTo(updates);
    }
    System.out.printf("%d updates of %d MB: %d reads, %d torn%n", updates, megabytes, reads, torn);
    assertThat(torn).as("torn of " + reads + " reads").isZero();
    assertThat(reads).isGreaterThan(updates);
  }

  private static boolean isTorn(Path live, Map<Integer, String> expected) throws IOException {
    Path version = live.toRealPath();
    int number = Integer.parseInt(Files.readString(version.resolve("a.bin")));
    return !Objects.equals(Trees.digests(version).get("w.bin"), expected.get(number));
  }

  @Test
  void a15SecondMonitorOfAFolderNamesTheFirst() throws IOException {
    String[] line = {
      "--type=file",
      "--remote-path=" + folder,
      "--remote-model-name=m",
      "--remote-donefile-name=donefile",
      "--local-path=" + folder.resolve("work"),
      "--local-model-name=m",
    };
    try (MonitorProcess first = MonitorProcess.start(folder, line)) {
      first.await("donefile.absent");
      String[] second = Stream.concat(Stream.of("monitor"), Stream.of(line)).toArray(String[]::new);

      MonitorRun refused = MonitorRun.toItsEnd(second);

      assertThat(refused.status()).isEqualTo(11);
      assertThat(refused.err()).contains("by process " + first.pid());
      first.kill();
      Files.writeString(folder.resolve("donefile"), "1");
      Files.writeString(folder.resolve("m"), "a model");
      String[] once =
          Stream.concat(Stream.of(second), Stream.of("--once", "--check-model=off"))
              .toArray(String[]::new);
      assertThat(MonitorRun.toItsEnd(once).status()).isZero(); // the lock went with its holder
    }
  }

  @Test
  void a16SigtermInTheMiddleOfAPull() throws IOException {
    int megabytes = Integer.getInteger("mlserve.a16.megabytes", 20);
    try (FaultyHttpServer server = FaultyHttpServer.start()) {
      Path work = folder.resolve("work");
      String[] line = {
        "--general-host=http://127.0.0.1:" + server.port(),
        "--remote-path=/",
        "--remote-model-name=m.tar",
        "--remote-donefile-name=donefile",
        "--local-path=" + work,
        "--local-model-name=m",
        "--check-model=off",
        "--interval=50ms",
      };
      server.put("/m.tar", new TarBuilder().file("m/model.onnx", new byte[] {1}).tar());
      server.put("/donefile", new byte[] {1});
      try (MonitorProcess monitor = MonitorProcess.start(folder, line)) {
        monitor.await("touch.done");
        server.always("/m.tar", Behaviour.normal().stallAfter(megabytes << 19));
        server.put(
            "/m.tar", new TarBuilder().file("m/model.onnx", new byte[megabytes << 20]).tar());
        server.put("/donefile", new byte[] {2});
        Awaitility.await()
            .atMost(PATIENCE)
            .until(() -> partials(work).stream().anyMatch(p -> size(p) >= megabytes << 18));
        long part = partials(work).stream().mapToLong(MonitorProcessTest::size).sum();

        long start = System.nanoTime();
        monitor.terminate();

        assertThat(monitor.status()).isEqualTo(143);
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        System.out.printf(
            "SIGTERM with %d of %d MB pulled: ended in %d ms%n",
            part >> 20, megabytes, took.toMillis());
        assertThat(took).isLessThan(Duration.ofSeconds(5));
        assertThat(Trees.digests(work.resolve("m")))
            .isEqualTo(Map.of("model.onnx", Trees.sha256(new byte[] {1})));
      }
      assertThat(partials(work)).isNotEmpty();
      server.always("/donefile", Behaviour.normal().status(503));
      String[] once =
          Stream.of(Stream.of("monitor"), Stream.of(line), Stream.of("--once"))
              .flatMap(words -> words)
              .toArray(String[]::new);

      assertThat(MonitorRun.toItsEnd(once).status()).isEqualTo(5);
      assertThat(partials(work)).isEmpty();
    }
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      return 0;
    }
  }

  private static List<Path> partials(Path work) throws IOException {
    try (Stream<Path> all = Files.walk(work.resolve("_serving_monitor_tmp"))) {
      return all.filter(path -> path.getFileName().toString().contains(".part")).toList();
    }
  }
}
