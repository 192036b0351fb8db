package io.mlserve.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.mlserve.fixtures.net.StubModelServer;
import io.mlserve.fixtures.net.StubModelServer.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A load generator that is kept from computing, as {@code cpulimit} does it: by stopping the
 * process and letting it go on, again and again. The server takes 40 ms, so that a machine that is
 * merely busy is fast enough.
 */
@Timeout(60)
class BenchSlowedTest {
  private static final String ONE = "{\"predictions\": [2.5]}";
  private static final int STOPPED_MILLIS = 200;
  private static final int RUNNING_MILLIS = 100;

  @TempDir private Path dir;

  @BeforeEach
  void kill() {
    assumeTrue(Files.isExecutable(Path.of("/bin/kill")), "kill is not installed");
  }

  @Test
  void figuresOfASlowGeneratorAreNotBelieved() throws Exception {
    try (StubModelServer server = server()) {
      Process bench = bench(server);
      while (!bench.waitFor(RUNNING_MILLIS, TimeUnit.MILLISECONDS)) {
        signal(bench, "STOP");
        bench.waitFor(STOPPED_MILLIS, TimeUnit.MILLISECONDS);
        signal(bench, "CONT");
      }

      assertThat(bench.exitValue()).as(out()).isEqualTo(12);
      assertThat(out())
          .contains("generator  TOO SLOW")
          .contains("0 failed")
          .contains("RESULT unstable ");
    }
  }

  @Test
  void figuresOfAnUndisturbedOneAre() throws Exception {
    try (StubModelServer server = server()) {
      Process bench = bench(server);

      assertThat(bench.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(bench.exitValue()).as(out()).isZero();
      assertThat(out()).contains("generator  kept up").contains("RESULT pass ");
    }
  }

  private static StubModelServer server() {
    return StubModelServer.start((n, body) -> Answer.ok(ONE, Duration.ofMillis(40)));
  }

  private Process bench(StubModelServer server) throws IOException {
    List<String> line = JavaCommand.start();
    line.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    line.addAll(List.of("bench", server.uri().toString(), "-m", StubModelServer.MODEL));
    line.addAll(List.of("-r", "50", "-d", "3s"));
    return new ProcessBuilder(line)
        .redirectErrorStream(true)
        .redirectOutput(dir.resolve("out").toFile())
        .start();
  }

  private static void signal(Process process, String name) throws Exception {
    new ProcessBuilder("/bin/kill", "-" + name, String.valueOf(process.pid()))
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
  }

  private String out() throws IOException {
    return Files.readString(dir.resolve("out"));
  }
}
