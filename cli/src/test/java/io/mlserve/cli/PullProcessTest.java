package io.mlserve.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlserve.fixtures.net.Behaviour;
import io.mlserve.fixtures.net.FaultyHttpServer;
import io.mlserve.fixtures.net.RecordedRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code mlserve pull} in a process of its own: what signals, kills and a second one do to it. */
class PullProcessTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final FaultyHttpServer server = FaultyHttpServer.start();
  private final byte[] model = new byte[4_000_000];
  private final List<Process> started = new ArrayList<>();
  @TempDir private Path here;

  PullProcessTest() {
    new Random(1).nextBytes(model);
    server.put("/m", model);
  }

  @AfterEach
  void stop() throws InterruptedException {
    server.close();
    for (Process process : started) {
      process.destroyForcibly().waitFor();
    }
  }

  private Process pull() throws IOException {
    List<String> line = JavaCommand.start();
    line.addAll(
        List.of(
            "io.mlserve.cli.Main",
            "pull",
            server.uri("/m").toString(),
            here.resolve("m").toString()));
    ProcessBuilder builder = new ProcessBuilder(line);
    builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
    builder.redirectOutput(here.resolve("out").toFile());
    builder.redirectError(here.resolve("err").toFile());
    Process process = builder.start();
    started.add(process);
    return process;
  }

  private static int status(Process process) throws InterruptedException {
    assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }

  /** Starts one whose server stops sending in the middle, and returns when it waits for more. */
  private Process halfDone() throws IOException {
    server.always("/m", Behaviour.normal().stallAfter(2_000_000));
    Process process = pull();
    Path part = here.resolve("m.part");
    Awaitility.await()
        .atMost(PATIENCE)
        .until(() -> Files.exists(part) && Files.size(part) == 2_000_000);
    server.always("/m", Behaviour.normal());
    return process;
  }

  @Test
  void killedPullIsContinuedByTheNext() throws Exception {
    Process first = halfDone();
    first.destroyForcibly();
    status(first);
    assertThat(here.resolve("m")).doesNotExist();
    assertThat(status(pull())).isZero();
    assertThat(here.resolve("m")).hasBinaryContent(model);
    List<RecordedRequest> requests = server.requests("GET", "/m");
    assertThat(requests.get(requests.size() - 1).header("Range")).contains("bytes=2000000-");
    assertThat(here.resolve("err")).isEmptyFile();
    assertThat(here.resolve("out")).isEmptyFile();
  }

  @Test
  void interruptedPullExitsWith130AndKeepsWhatCame() throws Exception {
    Process process = halfDone();
    new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor();
    assertThat(status(process)).isEqualTo(130);
    assertThat(here.resolve("m.part")).hasSize(2_000_000);
    assertThat(status(pull())).isZero();
    assertThat(here.resolve("m")).hasBinaryContent(model);
  }

  @Test
  void secondPullIntoTheSameTargetIsLockedOut() throws Exception {
    Process first = halfDone();
    assertThat(status(pull())).isEqualTo(11);
    assertThat(Files.readString(here.resolve("err"))).contains("another process is pulling");
    first.destroyForcibly();
    status(first);
    assertThat(status(pull())).isZero();
  }

  @Test
  void killAtAnyMomentLeavesTheOldOrTheNewFile() throws Exception {
    byte[] old = "old".getBytes(StandardCharsets.US_ASCII);
    Path target = here.resolve("m");
    server.put("/m", old);
    assertThat(status(pull())).isZero();
    server.put("/m", model);
    server.always("/m", Behaviour.normal().drip(64 << 10, Duration.ofMillis(2)));
    Random random = new Random(2);
    for (int i = 0; i < 8; i++) {
      Process process = pull();
      if (!process.waitFor(200 + random.nextInt(900), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
      }
      status(process);
      assertThat(Files.readAllBytes(target)).isIn(old, model);
    }
    assertThat(status(pull())).isZero();
    assertThat(target).hasBinaryContent(model);
    assertThat(here.toFile().list()).containsExactlyInAnyOrder("m", ".m.pull", "out", "err");
  }
}
