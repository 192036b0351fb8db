package io.mlserve.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlserve.fixtures.net.StubModelServer;
import io.mlserve.fixtures.net.StubModelServer.Answer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Goals, files and saved results of {@code mlserve bench}. */
@Timeout(120)
class BenchResultsTest {
  private static final String ONE = "{\"predictions\": [2.5]}";

  @TempDir private Path dir;

  private record Run(int status, String out, String err) {}

  @Test
  void everyFileIsWrittenAndTheTextPrinted() throws IOException {
    Run run = bench("-n", "600", "--html", "r.html", "--csv", "r.csv", "--hdr", "r.hdr");

    assertThat(run.out()).contains("RESULT ");
    assertThat(read("r.html")).startsWith("<!DOCTYPE html>").contains("half_plus_two");
    assertThat(read("r.csv").lines()).hasSize(2);
    assertThat(read("r.hdr")).startsWith("#[Histogram log format version 1.3]");
    try (var files = Files.list(dir)) {
      assertThat(files).hasSize(3); // no parts are left
    }
  }

  @Test
  void savedResultIsShownAsTheRunShowedIt() throws IOException {
    Run run = bench("-n", "600", "--json", "r.json", "--html", "r.html", "--junit", "r.xml");
    Run report = run("bench", "report", file("r.json"), "--html", file("again.html"));

    assertThat(report.status()).isZero();
    assertThat(report.out()).isEqualTo(run.out());
    assertThat(read("again.html")).isEqualTo(read("r.html"));
    assertThat(read("r.xml")).contains("<testsuite name=\"mlserve bench half_plus_two\"");
  }

  @Test
  void missedGoalFailsTheRun() {
    Run run = bench("-n", "600", "--slo", "p99<1us");

    assertThat(run.status()).isEqualTo(10);
    assertThat(run.out()).contains("p99<1us        FAIL").contains("RESULT fail ");
  }

  @Test
  void goalThatTooFewRequestsCannotShowIsUndecided() {
    Run run = bench("-n", "100", "--slo", "p99<10s");

    assertThat(run.status()).isEqualTo(12);
    assertThat(run.out())
        .contains("NOT ENOUGH REQUESTS")
        .contains("0 over of 100, 459 needed for 99 %")
        .contains("RESULT unstable ");
  }

  @Test
  void failuresWithinTheGoalAreAccepted() {
    try (StubModelServer server =
        StubModelServer.start((n, body) -> n == 100 ? Answer.error(503, "{}") : Answer.ok(ONE))) {
      Run run = bench(server, "-n", "1000", "--slo", "errors<1%");

      assertThat(run.out()).contains("errors<1%      PASS");
      assertThat(run.status()).isZero();
    }
  }

  @Test
  void slowerServerIsWorseThanItsBaseline() {
    bench("-d", "7s", "--json", "fast.json");
    try (StubModelServer slow =
        StubModelServer.start((n, body) -> Answer.ok(ONE, Duration.ofMillis(20)))) {
      Run run =
          bench(
              slow,
              "-d",
              "7s",
              "--baseline",
              file("fast.json"),
              "--max-regression",
              "p50:+50%",
              "--json",
              "slow.json");

      assertThat(run.err()).isEmpty();
      assertThat(run.out()).contains("baseline   fast.json: worse").contains("p50:+50%       FAIL");
      assertThat(run.status()).isEqualTo(10);
    }
    Run same = run("bench", "compare", file("fast.json"), file("fast.json"));
    assertThat(same.out()).contains("no difference shown").contains("RESULT no-difference-shown");
    assertThat(same.status()).isZero();
    Run other =
        run(
            "bench",
            "compare",
            file("fast.json"),
            file("slow.json"),
            "--max-regression",
            "p50:+5%");
    assertThat(other.status()).isEqualTo(10);
    Run plot = run("bench", "plot", file("fast.json"), file("slow.json"));
    assertThat(plot.out()).startsWith("<!DOCTYPE html>").contains("fast.json", "slow.json");
  }

  @Test
  void highestRateOfAServerForFiveHundredASecondIsFound() {
    AtomicLong free = new AtomicLong(System.nanoTime());
    StubModelServer.Answers oneByOne =
        (n, body) -> {
          long now = System.nanoTime();
          long done = free.updateAndGet(at -> Math.max(at, now) + 2_000_000);
          // 30 ms on the way: so slow that the load generator is never slower
          return Answer.ok(ONE, Duration.ofNanos(done - now + 30_000_000));
        };
    try (StubModelServer server = StubModelServer.start(oneByOne)) {
      Run run = bench(server, "-d", "4s", "--find-max", "--slo", "p99<200ms");

      assertThat(run.status()).as(run.out() + run.err()).isZero();
      Matcher found = Pattern.compile("max_rate=([0-9.]+)").matcher(run.out());
      assertThat(found.find()).as(run.out() + run.err()).isTrue();
      assertThat(Double.parseDouble(found.group(1))).as(run.err()).isBetween(475.0, 525.0);
      assertThat(run.err().lines()).hasSizeLessThanOrEqualTo(12);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--slo p99<20 | --slo: 'p99<20' (expected: a unit: us, ms or s, as in p99<20ms)",
        "--slo q<1ms | --slo: 'q<1ms' (expected: p50, p99, p99.9 or another percentile, max, mean",
        "--stable=windows=1 | --stable: 'windows=1' (expected: at least 2 windows",
        "--stable --max-tries 2 | --max-tries: '2' (expected: at least 3)",
        "--find-max | --find-max without --slo (expected: a goal to hold)",
        "--find-max=5:1 --slo p99<1s | --find-max: '5:1' (expected: rates LO:HI such as 100:5000",
        "--confidence 1 | --confidence: '1.0' (expected: at least 0.5 and less than 1)",
        "--max-regression p99:+5% | --max-regression without --baseline (expected: both)",
        "--max-regression p99:-5% | --max-regression: 'p99:-5%' (expected: p99:+5%)",
        "--html /nowhere/r.html | '/nowhere/r.html' (expected: a file in a folder that exists)",
        "--json=/nowhere/r.json | '/nowhere/r.json' (expected: a file in a folder that exists)"
      },
      quoteCharacter = '~')
  void badOptionEndsAtOnceWithTwo(String options, String message) {
    long start = System.nanoTime();
    List<String> args = new ArrayList<>(List.of("bench", "http://127.0.0.1:1", "-m", "m"));
    args.addAll(List.of(options.split(" ", -1)));
    Run run = run(args.toArray(new String[0]));

    assertThat(run.err()).contains(message);
    assertThat(run.status()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(1));
  }

  @Test
  void optionsWithoutTheirValueLeaveTheAddressAlone() {
    try (StubModelServer server = StubModelServer.start((n, body) -> Answer.ok(ONE))) {
      Run run =
          run(
              "bench",
              "-m",
              StubModelServer.MODEL,
              "-n",
              "10",
              "--warmup",
              "0",
              "--json",
              server.uri().toString());

      assertThat(run.err()).isEmpty();
      assertThat(run.out()).startsWith("{").contains("\"requests_limit\" : 10");
    }
  }

  @Test
  void whatIsMissingIsSaid() {
    assertThat(run("bench").err()).contains("TARGET is missing");
    assertThat(run("bench", "http://127.0.0.1:1").err()).contains("option --model is missing");
    assertThat(run("bench", "report").err()).contains("FILE is missing");
    assertThat(run("bench", "compare", "one.json").status()).isEqualTo(2);
    assertThat(run("bench", "report", file("absent.json")).status()).isEqualTo(6);
    assertThat(run("bench", "http://127.0.0.1:1", "-m", "m", "--baseline", file("no")).status())
        .isEqualTo(6);
  }

  @Test
  void fileThatIsNoResultIsRefused() throws IOException {
    Files.writeString(dir.resolve("other.json"), "{\"a\": 1}");

    Run run = run("bench", "report", file("other.json"));

    assertThat(run.status()).isEqualTo(7);
    assertThat(run.err()).contains("not a result of this version of mlserve bench");
  }

  private Run bench(String... options) {
    try (StubModelServer server = StubModelServer.start((n, body) -> Answer.ok(ONE))) {
      return bench(server, options);
    }
  }

  private Run bench(StubModelServer server, String... options) {
    List<String> args =
        new ArrayList<>(
            List.of(
                "bench", server.uri().toString(), "-m", StubModelServer.MODEL, "--warmup", "0"));
    for (String option : options) {
      args.add(option.matches("[a-z]+\\.(json|html|csv|hdr|xml)") ? file(option) : option);
    }
    return run(args.toArray(new String[0]));
  }

  private String file(String name) {
    return dir.resolve(name).toString();
  }

  private String read(String name) throws IOException {
    return Files.readString(dir.resolve(name));
  }

  private static Run run(String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int status =
        CommandLines.create(new PrintWriter(out, true), new PrintWriter(err, true)).execute(args);
    return new Run(status, out.toString(), err.toString());
  }
}
