package io.mlserve.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlserve.fixtures.net.StubModelServer;
import io.mlserve.fixtures.net.StubModelServer.Answer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class BenchCommandTest {
  private static final String ONE = "{\"predictions\": [2.5]}";
  private static final String TWO = "{\"predictions\": [3.5]}";

  @TempDir private Path dir;

  private Path input;
  private Path versionOne;
  private Path versionTwo;

  @BeforeEach
  void files() throws IOException {
    input = Files.writeString(dir.resolve("row.json"), "{\"instances\": [1.0]}");
    versionOne = Files.writeString(dir.resolve("v1.json"), ONE);
    versionTwo = Files.writeString(dir.resolve("v2.json"), TWO);
  }

  private record Run(int status, String out, String err) {
    String lastLine() {
      List<String> lines = out.lines().toList();
      return lines.get(lines.size() - 1);
    }
  }

  @Test
  void reportEndsWithALineForScripts() {
    try (StubModelServer server = StubModelServer.start((n, body) -> Answer.ok(ONE))) {
      Run run = bench(server, "-n", "500", "-c", "2", "--warmup", "0");

      assertThat(run.err()).isEmpty();
      assertThat(run.status()).isZero();
      assertThat(run.out()).startsWith("mlserve bench  half_plus_two v123\n");
      assertThat(run.out()).contains("500 sent, 500 ok, 0 failed");
      assertThat(run.out()).contains("p99.9 4603"); // marked, and how many it needs
      assertThat(run.lastLine()).matches("RESULT pass rate=.*").contains("requests=500 errors=0");
    }
  }

  @Test
  void textIsNarrowEnoughForASmallTerminal() {
    try (StubModelServer server =
        StubModelServer.start(
            (n, body) -> n == 7 ? new Answer.Drop() : Answer.ok(n < 300 ? ONE : TWO))) {
      Run run =
          bench(
              server,
              "-n",
              "600",
              "-c",
              "16",
              "--warmup",
              "0",
              "--input",
              input.toString(),
              "--expect-one-of",
              versionOne.toString(),
              versionTwo.toString());

      List<String> wide =
          run.out()
              .lines()
              .filter(line -> line.length() > 60 && !line.startsWith("RESULT"))
              .filter(line -> !line.contains(input.toString())) // a path of this machine
              .toList();
      assertThat(wide).isEmpty();
    }
  }

  @Test
  void jsonHoldsWhatADemonstrationNeeds() {
    try (StubModelServer server =
        StubModelServer.start((n, body) -> Answer.ok(n < 300 ? ONE : TWO))) {
      Run run =
          bench(
              server,
              "-n",
              "600",
              "-c",
              "4",
              "--warmup",
              "0",
              "--input",
              input.toString(),
              "--expect-one-of",
              versionOne.toString(),
              versionTwo.toString(),
              "--json");

      assertThat(run.status()).isZero();
      String json = run.out().replaceAll("\\s+", " ");
      assertThat(json).startsWith("{ \"schema_version\" : 1,");
      assertThat(json).contains("\"sent\" : 600, \"ok\" : 600, \"failed\" : 0, \"wrong\" : 0");
      assertThat(json).contains("\"file\" : \"v1.json\", \"count\" : 300, \"first_sent_s\"");
      assertThat(json).contains("\"file\" : \"v2.json\", \"count\" : 300, \"first_sent_s\"");
      assertThat(json).containsPattern("\"from\" : \"v1.json\", \"to\" : \"v2.json\"");
      assertThat(json).contains("\"verdict\" : ").endsWith(" } ");
      assertThat(run.err().lines())
          .hasSize(2)
          .anyMatch(line -> line.matches("t=\\d+\\.\\d{3}s answers match v1.json"))
          .anyMatch(line -> line.matches("t=\\d+\\.\\d{3}s answers now match v2.json"));
    }
  }

  @Test
  void wrongAnswerFailsTheRun() {
    try (StubModelServer server =
        StubModelServer.start((n, body) -> Answer.ok(n == 250 ? TWO : ONE))) {
      Run run =
          bench(
              server,
              "-n",
              "500",
              "--warmup",
              "0",
              "--input",
              input.toString(),
              "--quiet",
              "--expect-one-of",
              versionOne.toString());

      assertThat(run.status()).isEqualTo(10);
      assertThat(run.out()).contains("errors     1 wrong-answer, first at").contains("[3.5]");
      assertThat(run.lastLine()).startsWith("RESULT fail").contains("errors=1 wrong=1");
      assertThat(run.err()).isEmpty();
    }
  }

  @Test
  void failedRequestFailsTheRun() {
    try (StubModelServer server =
        StubModelServer.start(
            (n, body) ->
                n == 100 ? Answer.error(503, "{\"error\":\"\u001b[31m\"}") : Answer.ok(ONE))) {
      Run run = bench(server, "-n", "200", "--warmup", "0");

      assertThat(run.status()).isEqualTo(10);
      assertThat(run.out()).contains("1 http-503").doesNotContain("\u001b");
    }
  }

  @Test
  void inputThatIsALineOfManyHasTheAnswerOfThatLine() throws IOException {
    Path rows = Files.writeString(dir.resolve("rows.ndjson"), "{\"a\": 1}\n{\"a\": 2}\n");
    Path answers = Files.writeString(dir.resolve("answers.ndjson"), ONE + "\n" + TWO + "\n");
    try (StubModelServer server =
        StubModelServer.start((n, body) -> Answer.ok(body.contains("1") ? ONE : TWO))) {
      Run run =
          bench(
              server,
              "-n",
              "100",
              "--warmup",
              "0",
              "--input",
              rows.toString(),
              "--expect-one-of",
              answers.toString());

      assertThat(run.status()).isZero();
    }
  }

  @Test
  void madeUpInputFollowsTheSignature() {
    List<String> bodies = new ArrayList<>();
    try (StubModelServer server =
        StubModelServer.start(
            (n, body) -> {
              bodies.add(body); // one connection, one thread
              return Answer.ok(ONE);
            })) {
      bench(server, "-n", "3", "--warmup", "0", "--input", "zeros", "--batch", "2");
    }
    assertThat(bodies).containsOnly("{\"inputs\":{\"x\":[0.0,0.0]}}").hasSize(3);
  }

  @Test
  void unreachableServerEndsAtOnceWithFive() throws IOException {
    int free;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      free = socket.getLocalPort();
    }
    long start = System.nanoTime();
    Run run = run("bench", "http://127.0.0.1:" + free, "-m", "m");

    assertThat(run.status()).isEqualTo(5);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).contains("127.0.0.1:" + free).contains("(5)");
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(1));
  }

  @Test
  void missingModelEndsWithSix() {
    try (StubModelServer server = StubModelServer.start((n, body) -> Answer.ok(ONE))) {
      Run run = run("bench", server.uri().toString(), "-m", "nobody");

      assertThat(run.status()).isEqualTo(6);
      assertThat(run.err()).contains("model 'nobody'");
    }
  }

  @Test
  void missingFileEndsWithSix() {
    try (StubModelServer server = StubModelServer.start((n, body) -> Answer.ok(ONE))) {
      assertThat(bench(server, "--input", dir.resolve("absent").toString()).status()).isEqualTo(6);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-c 0",
        "-c 10001",
        "-c x",
        "-n 0",
        "-d 0",
        "-d -1",
        "-d 1e9",
        "--timeout 0",
        "--batch 0",
        "--rtol -1",
        "--model-version -1",
        "--no-such-option",
        "-c 1,0",
        "-c 4:1:1",
        "-r 0",
        "-r x",
        "-c 1 -r 1",
        "--arrival poisson",
        "--arrival sometimes -r 1",
        "--arrival burst:0@1s -r 1",
        "--scenario server",
        "--scenario offline -r 5",
        "--scenario best",
        "--connections 0",
        "--max-outstanding 0",
        "--api v3",
        "--cooldown -1s",
        "--ramp x",
        "--during sync",
        "--shape x:a",
        "-H nocolon",
        "--cert c.pem",
        "--server-metrics nowhere",
        "--slo p99",
        "--slo p99<20",
        "--confidence 2",
        "--stable windows=0",
        "--max-regression p99:5",
        "--find-max x",
        "--check-first --expect a.json",
        "--url http://127.0.0.1:2",
        "--raw /no/such/folder/r.ndjson"
      })
  void badOptionEndsAtOnceWithTwo(String options) {
    long start = System.nanoTime();
    List<String> args = new ArrayList<>(List.of("bench", "http://127.0.0.1:1", "-m", "m"));
    args.addAll(List.of(options.split(" ", -1)));
    Run run = run(args.toArray(new String[0]));

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).endsWith("hint: see 'mlserve bench --help'\n");
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(1));
  }

  @ParameterizedTest
  @CsvSource({
    "htp://127.0.0.1:1, did you mean http://127.0.0.1:1?",
    "gprc://127.0.0.1:1, did you mean grpc://127.0.0.1:1?",
    "localhost:8501, did you mean http://localhost:8501?"
  })
  void addressThatIsOneStepAwayIsCorrected(String address, String hint) {
    Run run = run("bench", address, "-m", "m");

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).contains("hint: " + hint);
  }

  @Test
  void helpSaysThatACommandMayFollow() {
    assertThat(run("bench", "--help").out())
        .startsWith("Usage: mlserve bench [OPTIONS] [TARGET] [COMMAND]");
  }

  @Test
  void shapeOfMlperfIsCalledAShape() {
    try (StubModelServer server = StubModelServer.start((n, body) -> Answer.ok(ONE))) {
      Run run = bench(server, "-n", "5", "--warmup", "0", "--scenario", "single-stream");

      assertThat(run.out()).contains("shaped like MLPerf's single-stream, not a result of it");
    }
  }

  @Test
  void addressMayBeGivenAsAnOption() {
    try (StubModelServer server = StubModelServer.start((n, body) -> Answer.ok(ONE))) {
      Run run =
          run(
              "bench",
              "-u",
              server.uri().toString(),
              "-m",
              StubModelServer.MODEL,
              "-n5",
              "--warmup=0");

      assertThat(run.status()).as(run.err()).isZero();
      assertThat(run.out()).contains("target     " + server.uri());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"v2-grpc", "tfs-grpc", "inproc"})
  void apiThatTheTargetDoesNotSpeakEndsAtOnceWithTwo(String api) {
    Run run = run("bench", "http://127.0.0.1:1", "-m", "m", "--api", api);

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).contains(api).contains("expected").contains("(2)");
  }

  @Test
  void interruptedRunPrintsWhatItHas() {
    Thread runner = Thread.currentThread();
    try (StubModelServer server =
        StubModelServer.start(
            (n, body) -> {
              if (n == 100) {
                runner.interrupt();
              }
              return Answer.ok(ONE);
            })) {
      Run run = bench(server, "-d", "25s", "--warmup", "0");

      assertThat(run.status()).isEqualTo(130);
      assertThat(run.lastLine()).startsWith("RESULT interrupted");
      assertThat(run.out()).contains("interrupted: these are the figures of the part that ran");
    }
  }

  private static Run bench(StubModelServer server, String... options) {
    List<String> args =
        new ArrayList<>(List.of("bench", server.uri().toString(), "-m", StubModelServer.MODEL));
    args.addAll(List.of(options));
    return run(args.toArray(new String[0]));
  }

  private static Run run(String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int status =
        CommandLines.create(new PrintWriter(out, true), new PrintWriter(err, true)).execute(args);
    return new Run(status, out.toString(), err.toString());
  }
}
