package io.mlserve.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlserve.fixtures.archive.TarBuilder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills a monitor at random moments while its source keeps publishing. {@code
 * -Dmlserve.kill.rounds=100} for more rounds, {@code -Dmlserve.kill.seed} for other moments.
 */
class MonitorKillTest {
  private static final int FILES = 3;
  private static final int FILE_BYTES = 300_000;

  @TempDir Path folder;
  private final Set<Map<String, String>> published = ConcurrentHashMap.newKeySet();
  private final CountDownLatch enough = new CountDownLatch(1);

  @Test
  void servedFolderIsAlwaysExactlyOnePublishedVersion() throws Exception {
    int rounds = Integer.getInteger("mlserve.kill.rounds", 25);
    Random random = new Random(Long.getLong("mlserve.kill.seed", 20261121L));
    Path remote = Files.createDirectory(folder.resolve("remote"));
    Path live = folder.resolve("work/m");
    publish(remote, 0);
    Thread producer = new Thread(() -> keepPublishing(remote), "producer");
    producer.start();
    int installs = 0;
    try {
      for (int round = 1; round <= rounds; round++) {
        try (MonitorProcess monitor = MonitorProcess.start(folder, arguments(remote))) {
          monitor.await("donefile.changed");
          // No synchronisation: the moment of the kill is what is to be random.
          TimeUnit.MICROSECONDS.sleep(random.nextInt(700_000));
          monitor.kill();
          installs += monitor.log().split("install\\.done", -1).length - 1;
        }
        if (Files.exists(live) || installs > 0) {
          assertThat(published).as("round %d", round).contains(Trees.digests(live));
        }
      }
    } finally {
      enough.countDown();
      producer.join();
    }
    assertThat(installs).isGreaterThanOrEqualTo(rounds / 5);

    MonitorRun repair =
        MonitorRun.toItsEnd(
            Stream.concat(
                    Stream.concat(Stream.of("monitor"), Stream.of(arguments(remote))),
                    Stream.of("--once"))
                .toArray(String[]::new));

    assertThat(repair.status()).as(repair.err()).isZero();
    assertThat(published).contains(Trees.digests(live));
    assertThat(Files.readString(remote.resolve("donefile")))
        .isEqualTo(Files.readString(live.resolve("number")));
    assertThat(live.resolve("fluid_time_file")).isNotEmptyFile();
    assertThat(folder.resolve("work/_serving_monitor_tmp")).isEmptyDirectory();
    assertThat(folder.resolve("work/.versions/m/.work")).isEmptyDirectory();
    assertVersionsAreWhole();
  }

  private void assertVersionsAreWhole() throws IOException {
    try (var versions = Files.newDirectoryStream(folder.resolve("work/.versions/m"), "[0-9]*")) {
      int count = 0;
      for (Path version : versions) {
        assertThat(published).as(version.toString()).contains(Trees.digests(version));
        count++;
      }
      assertThat(count).isBetween(2, 4); // the served one and three before it
    }
  }

  private String[] arguments(Path remote) {
    return new String[] {
      "--type=file",
      "--remote-path=" + remote,
      "--remote-model-name=m.tar.gz",
      "--remote-donefile-name=donefile",
      "--local-path=" + folder.resolve("work"),
      "--local-model-name=m",
      "--check-model=off",
      "--interval=10ms",
      "--backoff=10ms..50ms"
    };
  }

  private void keepPublishing(Path remote) {
    try {
      for (int number = 1; !enough.await(500, TimeUnit.MILLISECONDS); number++) {
        publish(remote, number);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  // Every byte of a version depends on its number: any mixture of two is none that was published.
  private void publish(Path remote, int number) {
    Random random = new Random(number);
    byte[] name = Integer.toString(number).getBytes(StandardCharsets.UTF_8);
    Map<String, String> digests = new TreeMap<>(Map.of("number", Trees.sha256(name)));
    TarBuilder tar = new TarBuilder().file("m/number", name);
    for (int i = 0; i < FILES; i++) {
      byte[] bytes = new byte[FILE_BYTES];
      random.nextBytes(bytes);
      tar.file("m/" + i + ".bin", bytes);
      digests.put(i + ".bin", Trees.sha256(bytes));
    }
    published.add(digests);
    Trees.replace(remote.resolve("m.tar.gz"), tar.gzip());
    Trees.replace(remote.resolve("donefile"), name);
  }
}
