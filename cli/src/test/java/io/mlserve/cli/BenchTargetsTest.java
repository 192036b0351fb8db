package io.mlserve.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mlserve.cli.BenchSubject.Run;
import io.mlserve.fixtures.net.SelfSigned;
import io.mlserve.fixtures.onnx.Models;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code mlserve bench} asks {@code mlserve serve} in every API that it knows. */
@Timeout(60)
class BenchTargetsTest {
  private static final String PREDICT = "/v1/models/m:predict";

  @TempDir private static Path dir;

  private static BenchSubject server;

  @BeforeAll
  static void serve() throws IOException {
    Path model = Files.createDirectories(dir.resolve("model/1"));
    Models.write(Models.halfPlus(2), model.resolve("model.onnx"));
    server = BenchSubject.serve(dir, dir.resolve("model"));
    server.awaitModel();
    Files.writeString(dir.resolve("row.json"), "{\"instances\": [1.0, 2.0]}");
    Files.writeString(dir.resolve("right.json"), "{\"predictions\": [2.5, 3.0]}");
    Files.writeString(dir.resolve("wrong.json"), "{\"predictions\": [2.5, 3.5]}");
    Files.writeString(dir.resolve("v2.json"), v2("inputs", "x", "1.0, 2.0"));
    Files.writeString(dir.resolve("v2-right.json"), v2("outputs", "y", "2.5, 3.0"));
    Files.writeString(dir.resolve("v2-wrong.json"), v2("outputs", "y", "2.5, 3.5"));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @ParameterizedTest
  @CsvSource({
    "tfs-rest,-c2", "tfs-rest,-r200",
    "v2,-c2", "v2,-r200",
    "v2-binary,-c2", "v2-binary,-r200",
    "v2-grpc,-c2", "v2-grpc,-r200",
    "tfs-grpc,-c2", "tfs-grpc,-r200"
  })
  void everyApiIsAskedInEitherLoop(String api, String load) {
    Run run = server.bench(api, load, "-n", "60", "--check-first");

    assertThat(run.err()).isEmpty();
    assertThat(run.status()).as(run.out()).isZero();
    assertThat(run.out()).contains("60 sent, 60 ok, 0 failed").contains("(" + api + ")");
    assertThat(run.out()).startsWith("mlserve bench  m v1\n");
    assertThat(run.out()).containsPattern(" 60 .* first answers");
  }

  @ParameterizedTest
  @ValueSource(strings = {"tfs-rest", "v2", "v2-binary", "v2-grpc", "tfs-grpc"})
  void answersAreComparedWhateverApiTheyAreWrittenIn(String api) {
    String kind = api.equals("tfs-rest") ? "" : "v2-";
    String input = api.equals("tfs-rest") ? "row.json" : "v2.json";

    Run right = server.bench(api, "-n20", "--input", file(input), "--expect", file(kind + "right"));
    assertThat(right.status()).as(right.out() + right.err()).isZero();
    assertThat(right.out()).contains("20 sent, 20 ok, 0 failed");

    Run wrong = server.bench(api, "-n20", "--input", file(input), "--expect", file(kind + "wrong"));
    assertThat(wrong.status()).isEqualTo(10);
    assertThat(wrong.out()).contains("20 wrong-answer").containsPattern("2.5, ?3.0");
    assertThat(wrong.lastLine()).startsWith("RESULT fail").contains("errors=20 wrong=20");
  }

  @ParameterizedTest
  @ValueSource(strings = {"tfs-rest", "v2", "v2-binary", "v2-grpc", "tfs-grpc"})
  void packedRequestsGetTheSameAnswers(String api) {
    Run run =
        server.bench(api, "-n20", "--compress", "--input", file("row"), "--expect", file("right"));

    assertThat(run.status()).as(run.out() + run.err()).isZero();
    assertThat(run.out()).contains("20 sent, 20 ok, 0 failed");
  }

  @ParameterizedTest
  @ValueSource(strings = {"v2", "v2-binary", "v2-grpc", "tfs-grpc"})
  void documentOfOneApiIsAskedInAnother(String api) {
    Run run = server.bench(api, "-n10", "--input", file("row"), "--expect", file("right"));

    assertThat(run.status()).as(run.out() + run.err()).isZero();
    assertThat(run.out()).contains("10 sent, 10 ok, 0 failed");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-c2", "-r200"})
  void bodyIsSentAsItIs(String load) {
    Run right = raw(PREDICT, load, "--input", file("row"), "--expect", file("right"));
    assertThat(right.status()).as(right.out() + right.err()).isZero();
    assertThat(right.out()).contains("20 sent, 20 ok, 0 failed");

    Run wrong = raw(PREDICT, load, "--input", file("row"), "--expect", file("wrong"));
    assertThat(wrong.status()).isEqualTo(10);
    assertThat(wrong.out()).contains("20 wrong-answer");

    Run first = raw(PREDICT, load, "--input", file("row"), "--check-first");
    assertThat(first.status()).as(first.out() + first.err()).isZero();
  }

  @Test
  void anyAnswerToARawRequestIsRightThatTheServerDoesNotRefuse() {
    Run text = raw("/metrics");
    assertThat(text.status()).as(text.out()).isZero();
    assertThat(text.out()).contains("20 sent, 20 ok, 0 failed");

    Run refused = raw("/no/such/page");
    assertThat(refused.status()).isEqualTo(10);
    assertThat(refused.out()).contains("20 http-404");
  }

  @ParameterizedTest
  @CsvSource({"model,-c2", "model/1,-r200", "model/1/model.onnx,-c2", "model/1/model.onnx,-r200"})
  void modelRunsInThisProcess(String path, String load) {
    Run run =
        BenchSubject.run(
            "bench", "inproc:" + dir.resolve(path), load, "-n60", "--warmup=0", "--check-first");

    assertThat(run.status()).as(run.out() + run.err()).isZero();
    assertThat(run.out()).contains("60 sent, 60 ok, 0 failed");

    Run wrong =
        BenchSubject.run(
            "bench",
            "inproc:" + dir.resolve(path),
            load,
            "-n20",
            "--warmup=0",
            "--input=" + file("row"),
            "--expect=" + file("wrong"));
    assertThat(wrong.status()).isEqualTo(10);
    assertThat(wrong.out()).contains("20 wrong-answer");
  }

  @Test
  void certificateIsTrustedOnlyIfItIsNamed() throws Exception {
    Path folder = Files.createDirectories(dir.resolve("tls"));
    SelfSigned certificate = SelfSigned.create(folder, "ip:127.0.0.1");
    try (BenchSubject secured =
        BenchSubject.serve(
            folder,
            dir.resolve("model"),
            "--tls-certificate=" + certificate.pem(),
            "--tls-key=" + certificate.key())) {
      String ca = "--cacert=" + certificate.pem();
      for (String target :
          List.of("https://127.0.0.1:" + secured.http(), "grpcs://127.0.0.1:" + secured.grpc())) {
        await()
            .atMost(Duration.ofSeconds(20))
            .untilAsserted(
                () -> {
                  Run run = BenchSubject.run("bench", target, "-mm", "-n20", "--warmup=0", ca);
                  assertThat(run.out()).as(run.err()).contains("20 sent, 20 ok, 0 failed");
                });
        Run stranger = BenchSubject.run("bench", target, "-mm", "-n20", "--warmup=0");
        assertThat(stranger.status()).as(stranger.err()).isEqualTo(5);
        assertThat(stranger.err())
            .contains("certificate is not trusted")
            .doesNotContain("Exception");
      }
    }
  }

  private static Run raw(String path, String... options) {
    String[] line = new String[options.length + 5];
    System.arraycopy(
        new String[] {"bench", server.target("raw") + path, "--api=raw", "-n20", "--warmup=0"},
        0,
        line,
        0,
        5);
    System.arraycopy(options, 0, line, 5, options.length);
    return BenchSubject.run(line);
  }

  private static String file(String name) {
    return dir.resolve(name.endsWith(".json") ? name : name + ".json").toString();
  }

  private static String v2(String kind, String name, String data) {
    return "{\"%s\": [{\"name\": \"%s\", \"datatype\": \"FP32\", \"shape\": [2], \"data\": [%s]}]}"
        .formatted(kind, name, data);
  }
}
