package io.mlserve.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.mlserve.fixtures.archive.TarBuilder;
import io.mlserve.fixtures.net.FaultyHttpServer;
import io.mlserve.fixtures.onnx.Models;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.channels.ClosedByInterruptException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code mlserve monitor} and {@code push} tell a real Pushgateway, Debian's, and a text file. */
class MonitorPushTest {
  private static final Path GATEWAY = Path.of("/usr/bin/prometheus-pushgateway");
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String GROUP = "job=\"mlserve_monitor\",model=\"m\"";

  @TempDir private Path folder;
  private FaultyHttpServer server;

  /** A Pushgateway on a free port of this machine. */
  private final class Gateway implements AutoCloseable {
    private final Process process;
    private final int port;

    Gateway() throws IOException {
      assumeTrue(Files.isExecutable(GATEWAY), "prometheus-pushgateway is not installed");
      try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        port = free.getLocalPort();
      }
      process =
          new ProcessBuilder(GATEWAY.toString(), "--web.listen-address=127.0.0.1:" + port)
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("gateway.log").toFile())
              .start();
      Awaitility.await().atMost(PATIENCE).ignoreExceptions().until(() -> get("/-/ready") != null);
    }

    String url() {
      return "http://127.0.0.1:" + port;
    }

    String get(String path) throws IOException {
      try (InputStream in = URI.create(url() + path).toURL().openStream()) {
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
      }
    }

    /** The value of a metric of a group; empty text if it is not there. */
    String value(String metric, String group) throws IOException {
      return get("/metrics")
          .lines()
          .filter(line -> line.startsWith(metric + "{") && line.contains(group))
          .map(line -> line.substring(line.lastIndexOf(' ') + 1))
          .findFirst()
          .orElse("");
    }

    @Override
    public void close() {
      process.destroy();
      Awaitility.await().atMost(PATIENCE).until(() -> !process.isAlive());
    }
  }

  @BeforeEach
  void start() {
    server = FaultyHttpServer.start();
    publish(new TarBuilder().file("m/model.onnx", Models.bytes(Models.halfPlus(1))).gzip(), "1");
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private void publish(byte[] archive, String note) {
    server.put("/models/m.tar.gz", archive);
    server.put("/models/donefile", note.getBytes(StandardCharsets.UTF_8));
  }

  private String[] line(String... more) {
    List<String> line =
        new ArrayList<>(
            List.of(
                "monitor",
                "--once",
                "--type=general",
                "--general-host=http://127.0.0.1:" + server.port(),
                "--remote-path=/models/",
                "--remote-model-name=m.tar.gz",
                "--remote-donefile-name=donefile",
                "--local-path=" + folder.resolve("work"),
                "--local-model-name=m",
                "--max-retries=0"));
    line.addAll(List.of(more));
    return line.toArray(new String[0]);
  }

  private static int push(String... arguments) {
    return Main.run(
        new PrintWriter(new StringWriter()), new PrintWriter(new StringWriter()), arguments);
  }

  @Test
  void gatewayAndTextFileAreToldOfSuccessAndThenOfFailure() throws IOException {
    Path text = folder.resolve("monitor.prom");
    try (Gateway gateway = new Gateway()) {
      String[] line =
          line("--push-gateway", gateway.url(), "--textfile", text.toString(), "--require-push");
      MonitorRun good = MonitorRun.toItsEnd(line);
      assertThat(good.status()).as(good.err()).isZero();
      assertThat(gateway.value("mlserve_monitor_success", GROUP)).isEqualTo("1");
      String success = gateway.value("mlserve_monitor_last_success_timestamp_seconds", GROUP);
      assertThat(success).isNotEmpty();
      assertThat(gateway.value("mlserve_monitor_fetched_bytes", GROUP)).isNotIn("", "0");
      assertThat(text).content().contains("mlserve_monitor_success{model=\"m\",} 1.0");

      publish("no archive".getBytes(StandardCharsets.UTF_8), "2");
      MonitorRun bad = MonitorRun.toItsEnd(line);
      assertThat(bad.status()).isNotZero();
      assertThat(gateway.value("mlserve_monitor_success", GROUP)).isEqualTo("0");
      assertThat(gateway.value("mlserve_monitor_last_success_timestamp_seconds", GROUP))
          .isEqualTo(success);
      assertThat(text)
          .content()
          .contains("mlserve_monitor_success{model=\"m\",} 0.0")
          .contains("mlserve_monitor_last_success_timestamp_seconds{model=\"m\",}");

      String[] other = {
        "metrics",
        "push",
        "--gateway",
        gateway.url(),
        "--job",
        "backup",
        "--grouping",
        "path=/srv/models",
        "--gauge",
        "x=1",
        "--require-push"
      };
      assertThat(push(other)).isZero();
      assertThat(gateway.value("x", "path=\"/srv/models\"")).isEqualTo("1");
    }
  }

  @Test
  void readersOfTheTextFileNeverSeeHalfOfIt() throws Exception {
    Path text = folder.resolve("monitor.prom");
    assertThat(MonitorRun.toItsEnd(line("--textfile", text.toString())).status()).isZero();
    Path before = Files.createLink(folder.resolve("before"), text);
    String then = Files.readString(before);
    Thread reader =
        new Thread(
            () -> {
              while (!Thread.currentThread().isInterrupted()) {
                try {
                  assertThat(Files.readString(text)).contains("# HELP").endsWith("\n");
                } catch (IOException e) {
                  throw new AssertionError("it was not there", e);
                }
              }
            });
    List<Throwable> seen = new ArrayList<>();
    reader.setUncaughtExceptionHandler((thread, failure) -> seen.add(failure));
    reader.start();
    for (int i = 0; i < 5; i++) {
      MonitorRun.toItsEnd(line("--textfile", text.toString()));
    }
    reader.interrupt();
    reader.join(PATIENCE.toMillis());

    assertThat(seen).allMatch(failure -> failure.getCause() instanceof ClosedByInterruptException);
    assertThat(Files.isSameFile(before, text)).isFalse(); // another file took its place
    assertThat(before).content().isEqualTo(then);
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .noneMatch(name -> name.contains(".prom") && !name.equals("monitor.prom"));
    }
  }

  @Test
  void gatewayThatIsGoneIsAWarningUnlessItMatters() throws IOException {
    String[] gone = line("--push-gateway", "http://127.0.0.1:1");
    MonitorRun lenient = MonitorRun.toItsEnd(gone);
    assertThat(lenient.status()).as(lenient.err()).isZero();
    assertThat(lenient.err()).contains("push.failed");
    MonitorRun strict =
        MonitorRun.toItsEnd(line("--push-gateway", "http://127.0.0.1:1", "--require-push"));
    assertThat(strict.status()).isEqualTo(5);
  }
}
