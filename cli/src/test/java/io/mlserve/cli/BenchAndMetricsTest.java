package io.mlserve.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mlserve.fixtures.onnx.Models;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code mlserve bench} and {@code mlserve metrics} against {@code mlserve serve}. */
@Timeout(60)
class BenchAndMetricsTest {
  @TempDir private static Path dir;

  private static Thread server;
  private static String url;

  private record Run(int status, String out, String err) {}

  @BeforeAll
  static void serve() throws IOException {
    Path model = Files.createDirectories(dir.resolve("half_plus_two/1"));
    Models.write(Models.halfPlus(2), model.resolve("model.onnx"));
    Files.writeString(dir.resolve("row.json"), "{\"instances\": [1.0, 2.0]}");
    Files.writeString(dir.resolve("right.json"), "{\"predictions\": [2.5, 3.0]}");
    Files.writeString(dir.resolve("wrong.json"), "{\"predictions\": [2.5, 3.5]}");
    Path port = dir.resolve("port");
    server =
        new Thread(
            () ->
                run(
                    "serve",
                    "--model",
                    dir.resolve("half_plus_two").toString(),
                    "--host",
                    "127.0.0.1",
                    "--port",
                    "0",
                    "--port-file",
                    port.toString()),
            "serve");
    server.start();
    await().atMost(Duration.ofSeconds(30)).until(() -> Files.exists(port));
    url = "http://127.0.0.1:" + Files.readString(port).strip();
    // It listens before its model is loaded.
    await().atMost(Duration.ofSeconds(30)).until(BenchAndMetricsTest::isReady);
  }

  private static boolean isReady() throws IOException {
    HttpURLConnection asked =
        (HttpURLConnection) URI.create(url + "/readyz").toURL().openConnection();
    return asked.getResponseCode() == 200;
  }

  @AfterAll
  static void stop() throws InterruptedException {
    server.interrupt();
    server.join(10_000);
  }

  @Test
  void everyAnswerOfTheServerIsRightAndCountedOnBothSides() {
    Run bench = bench("-n", "300", "-c", "4", "--warmup", "0", "--expect-one-of", file("right"));

    assertThat(bench.out()).contains("300 sent, 300 ok, 0 failed");
    assertThat(bench.status()).isZero();

    Run metrics = run("metrics", "show", url);
    assertThat(metrics.status()).isZero();
    assertThat(metrics.out())
        .containsPattern("half_plus_two +1 +AVAILABLE +\\d{3,} +0 ")
        .contains("in flight: 0");
  }

  @Test
  void answerThatIsNotTheExpectedOneFailsTheRun() {
    Run bench = bench("-n", "20", "--warmup", "0", "--expect-one-of", file("wrong"));

    assertThat(bench.status()).isEqualTo(10);
    assertThat(bench.out()).contains("20 wrong-answer");
  }

  @Test
  void inputIsMadeUpFromTheSignatureOfTheServer() {
    Run bench =
        run(
            "bench",
            url,
            "-m",
            "half_plus_two",
            "-n",
            "50",
            "--warmup",
            "0",
            "--batch",
            "3",
            "--json");

    assertThat(bench.out().replaceAll("\\s", "")).contains("\"sent\":50,\"ok\":50,\"failed\":0");
  }

  @Test
  void modelThatIsNotServedEndsWithSix() {
    assertThat(run("bench", url, "-m", "nobody").status()).isEqualTo(6);
    assertThat(run("bench", url, "-m", "half_plus_two", "--model-version", "9").status())
        .isEqualTo(6);
  }

  private static String file(String name) {
    return dir.resolve(name + ".json").toString();
  }

  private static Run bench(String... options) {
    String[] line = new String[options.length + 6];
    System.arraycopy(
        new String[] {"bench", url, "-m", "half_plus_two", "--input", file("row")}, 0, line, 0, 6);
    System.arraycopy(options, 0, line, 6, options.length);
    return run(line);
  }

  private static Run run(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int status = Main.run(new PrintWriter(out, true), new PrintWriter(err, true), arguments);
    return new Run(status, out.toString(), err.toString());
  }
}
