package io.mlserve.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlserve.commands.FakeServer.Reply;
import io.mlserve.commands.FakeServer.Run;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** lint, diff, record, push, top, dashboards, and how pull tells of itself. */
@Timeout(60)
class MetricsToolsTest {
  private static final String GONE = "http://127.0.0.1:1"; // nobody listens there

  private FakeServer server;
  @TempDir private Path dir;

  @BeforeEach
  void start() throws IOException {
    server = new FakeServer();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void fileThatIsNotThereIsNotFound() {
    for (String[] line :
        new String[][] {
          {"metrics", "lint", "/nothing/here.prom"},
          {"metrics", "diff", "/nothing/a.prom", "/nothing/b.prom"},
          {"metrics", "report", "--from", "/nothing/scrapes.jsonl"}
        }) {
      Run run = FakeServer.run(line);
      assertThat(run.status()).as(run.err()).isEqualTo(6);
      assertThat(run.err()).contains("/nothing/").contains("no such file");
    }
  }

  // ---- lint

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          x_total|counter|x_total 1|no help text
          x|counter|x 1|counter metrics should have "_total" suffix
          x_total|gauge|x_total 1|non-counter metrics should not have "_total" suffix
          x_milliseconds|gauge|x_milliseconds 1|use base unit "seconds" instead of "milliseconds"
          x_ms|gauge|x_ms 1|metric names should not contain abbreviated units
          x:y|gauge|x:y 1|metric names should not contain ':'
          xY|gauge|xY 1|metric names should be written in 'snake_case' not 'camelCase'
          x_gauge|gauge|x_gauge 1|metric name should not include type 'gauge'
          x_count|gauge|x_count 1|non-histogram and non-summary metrics should not have "_count" suffix
          x_bucket|gauge|x_bucket 1|non-histogram metrics should not have "_bucket" suffix
          x|gauge|x{le="1"} 1|non-histogram metrics should not have "le" label
          x|gauge|x{quantile="1"} 1|non-summary metrics should not have "quantile" label
          x|gauge|x{aB="1"} 1|label names should be written in 'snake_case' not 'camelCase'
          """)
  void lintFindsWhatPromlintFinds(String name, String type, String sample, String problem)
      throws IOException {
    String help = problem.equals("no help text") ? "" : "# HELP " + name + " What it is.\n";
    Path file = file(help + "# TYPE " + name + " " + type + "\n" + sample + "\n");

    Run run = FakeServer.run("metrics", "lint", file.toString());

    assertThat(run.out()).isEqualTo(name + ": " + problem + "\n");
    assertThat(run.status()).isEqualTo(10);
  }

  @Test
  void lintFindsTooManySeriesAndSaysWhichLabelMakesThem() throws IOException {
    StringBuilder text = new StringBuilder("# HELP x What.\n# TYPE x gauge\n");
    IntStream.range(0, 50).forEach(i -> text.append("x{a=\"" + i % 5 + "\",b=\"" + i + "\"} 1\n"));

    Run run = FakeServer.run("metrics", "lint", "--max-series", "40", file(text).toString());

    assertThat(run.out()).isEqualTo("x: 50 series (expected: at most 40), label b has 50\n");
  }

  @Test
  void lintFindsAContentTypeThatPrometheus3Refuses() {
    server.on(
        "/metrics", asked -> new Reply(200, "application/octet-stream", "# HELP x Y.\nx 1\n"));

    Run run = FakeServer.run("metrics", "lint", server.url());

    assertThat(run.status()).isEqualTo(10);
    assertThat(run.out()).startsWith("Content-Type: 'application/octet-stream'");
  }

  @Test
  void lintFindsNothingWrongWithGoodMetrics() throws IOException {
    Path file =
        file(
            """
            # HELP x_seconds How long.
            # TYPE x_seconds histogram
            x_seconds_bucket{le="1"} 1
            x_seconds_bucket{le="+Inf"} 2
            x_seconds_sum 3
            x_seconds_count 2
            # HELP x_requests_total How many.
            # TYPE x_requests_total counter
            x_requests_total 2
            """);

    Run run = FakeServer.run("metrics", "lint", file.toString(), "--json");

    assertThat(run.status()).isZero();
    assertThat(run.out().replaceAll("\\s", "")).isEqualTo("[]");
  }

  // ---- diff

  @Test
  void diffShowsGrowthResetsVanishedAndNew() throws IOException {
    Path before =
        file(
            """
            # TYPE x_total counter
            x_total{a="1"} 5
            x_total{a="2"} 9
            x_total{a="3"} 1
            # TYPE g gauge
            g 4
            h 1
            """);
    Path after =
        Files.writeString(
            dir.resolve("after"),
            """
            # TYPE x_total counter
            x_total{a="1"} 8
            x_total{a="2"} 2
            x_total{a="4"} 1
            # TYPE g gauge
            g 1
            h 1
            """);

    Run run = FakeServer.run("metrics", "diff", before.toString(), after.toString());

    assertThat(run.status()).isZero();
    assertThat(run.out().lines())
        .containsExactly(
            "x_total{a=\"1\"}  5 -> 8  +3",
            "x_total{a=\"2\"}  9 -> 2  reset",
            "g  4 -> 1  -3",
            "x_total{a=\"3\"}  vanished",
            "x_total{a=\"4\"}  new");
  }

  @Test
  void diffOfAServerAgainAndAgainShowsRates() {
    AtomicInteger count = new AtomicInteger();
    server.on(
        "/metrics",
        asked -> Reply.metrics("# TYPE x_total counter\nx_total " + count.addAndGet(10) + "\n"));

    Run run =
        FakeServer.run("metrics", "diff", server.url(), "--every", "20ms", "--count", "2", "-q");

    assertThat(run.out().lines().toList())
        .hasSize(2)
        .allMatch(line -> line.matches("x_total  \\d+ -> \\d+  \\+10  [\\d.]+/s"));
  }

  // ---- record, and the report of it

  @Test
  void recordWritesALineForEachServerAndSaysIfOneIsMissing() throws IOException {
    server.on("/metrics", asked -> Reply.metrics("mlserve_requests_total 1\nother 2\n"));
    Path log = dir.resolve("scrapes.jsonl");

    Run run = FakeServer.run("metrics", "record", server.url(), GONE, "--to", log.toString());

    assertThat(run.status()).isEqualTo(13);
    assertThat(Files.readAllLines(log))
        .hasSize(2)
        .satisfies(
            lines -> {
              assertThat(lines.get(0)).contains("mlserve_requests_total").doesNotContain("other");
              assertThat(lines.get(1)).contains("\"failed\":true");
            });
    assertThat(FakeServer.run("metrics", "record", GONE, "--to", log.toString()).status())
        .isEqualTo(5);
    assertThat(FakeServer.run("metrics", "report", "--from", log.toString()).status())
        .isEqualTo(12);
  }

  // ---- push

  @Test
  void pushReplacesAGroupNamedByItsKeys() {
    server.on("/", asked -> new Reply(202, "text/plain", ""));

    Run run =
        FakeServer.run(
            "metrics",
            "push",
            "--gateway",
            server.url(),
            "--job",
            "backup",
            "--grouping",
            "path=/srv/a",
            "--grouping",
            "instance=db1",
            "--gauge",
            "x=42");

    assertThat(run.err()).isEmpty();
    assertThat(run.status()).isZero();
    FakeServer.Asked asked = server.asked().get(0);
    assertThat(asked.method()).isEqualTo("PUT");
    assertThat(asked.path()).isEqualTo("/metrics/job/backup/instance/db1/path@base64/L3Nydi9h");
    assertThat(asked.body()).contains("# TYPE x gauge\nx 42.0\n");
  }

  @Test
  void postDeleteAndCredentialsGoAsTheyShould() throws IOException {
    server.on("/", asked -> new Reply(202, "text/plain", ""));
    Path password = Files.writeString(dir.resolve("password"), "pass\n");
    Path metrics = file("# TYPE y counter\ny_total 3 1700000000000\n");

    FakeServer.run(
        "metrics",
        "push",
        metrics.toString(),
        "--gateway",
        server.url(),
        "--job",
        "j",
        "--method",
        "post",
        "--user",
        "me",
        "--password-file",
        password.toString());
    FakeServer.run(
        "metrics", "push", "--gateway", server.url(), "--job", "j", "--method", "delete");

    assertThat(server.asked().get(0).method()).isEqualTo("POST");
    assertThat(server.asked().get(0).authorization()).isEqualTo("Basic bWU6cGFzcw==");
    assertThat(server.asked().get(0).body()).contains("y_total 3.0\n"); // times are refused there
    assertThat(server.asked().get(1).method()).isEqualTo("DELETE");
  }

  @Test
  void failureToPushIsAWarningUnlessTheUserInsists() {
    server.on("/", asked -> new Reply(400, "text/plain", "inconsistent types"));
    String[] push = {"metrics", "push", "--gateway", server.url(), "--job", "j", "--gauge", "x=1"};

    Run lenient = FakeServer.run(push);
    Run strict =
        FakeServer.run(
            Stream.concat(Stream.of(push), Stream.of("--require-push")).toArray(String[]::new));

    assertThat(lenient.status()).isZero();
    assertThat(lenient.err()).startsWith("warning: ").contains("inconsistent types");
    assertThat(strict.status()).isEqualTo(2);
  }

  @Test
  void silentGatewayEndsInTime() throws IOException {
    try (ServerSocket silent = new ServerSocket(0, 8, InetAddress.getLoopbackAddress())) {
      long start = System.nanoTime();

      Run run =
          FakeServer.run(
              "metrics",
              "push",
              "--gateway",
              "http://127.0.0.1:" + silent.getLocalPort(),
              "--job",
              "j",
              "--gauge",
              "x=1",
              "--timeout",
              "300ms",
              "--require-push");

      assertThat(run.status()).isEqualTo(5);
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
    }
  }

  @Test
  void textFileAppearsWholeAndReadableForOthers() throws IOException {
    Path file = dir.resolve("x.prom");

    assertThat(
            FakeServer.run("metrics", "push", "--textfile", file.toString(), "--gauge", "x=1")
                .status())
        .isZero();

    assertThat(file).content().endsWith("x 1.0\n");
    try (Stream<Path> files = Files.list(dir)) {
      assertThat(files).containsExactly(file);
    }
    assertThat(
            FakeServer.run("metrics", "push", "--textfile", dir + "/x.txt", "--gauge", "x=1").err())
        .contains("expected: a name that ends in .prom");
  }

  // ---- pull tells how it went

  @Test
  void pullTellsOfItselfAndAFailureKeepsTheTimeOfTheLastSuccess() throws IOException {
    server.on("/", asked -> new Reply(202, "text/plain", ""));
    Path source = Files.writeString(dir.resolve("m.onnx"), "12345");
    Path told = dir.resolve("pull.prom");

    Run good = pull(source, told);
    String after = Files.readString(told);
    Run bad = pull(dir.resolve("nothing.onnx"), told);

    assertThat(good.status()).isZero();
    assertThat(after)
        .contains("mlserve_pull_success{model=\"copy.onnx\",} 1.0")
        .contains("mlserve_pull_fetched_bytes{model=\"copy.onnx\",} 5.0");
    assertThat(bad.status()).isEqualTo(6);
    assertThat(Files.readString(told))
        .contains("mlserve_pull_success{model=\"copy.onnx\",} 0.0")
        .contains(line(after, "mlserve_pull_last_success_timestamp_seconds{"));
    assertThat(server.asked()).hasSize(2).allMatch(asked -> asked.method().equals("POST"));
    assertThat(server.asked().get(1).body()).doesNotContain("last_success");
    assertThat(server.asked().get(0).path())
        .startsWith("/metrics/job/mlserve_pull/")
        .contains("/model/copy.onnx");
  }

  @Test
  void gatewayThatIsGoneChangesNothingForAPull() throws IOException {
    Path source = Files.writeString(dir.resolve("m.onnx"), "12345");
    String[] line = {
      "pull", source.toUri().toString(), dir + "/copy.onnx", "-q", "--push-gateway", GONE
    };

    assertThat(FakeServer.run(line).status()).isZero();
    assertThat(
            FakeServer.run(
                    Stream.concat(Stream.of(line), Stream.of("--require-push"))
                        .toArray(String[]::new))
                .status())
        .isEqualTo(5);
  }

  private Run pull(Path source, Path told) {
    return FakeServer.run(
        "pull",
        source.toUri().toString(),
        dir + "/copy.onnx",
        "-q",
        "--push-gateway",
        server.url(),
        "--textfile",
        told.toString());
  }

  private static String line(String text, String start) {
    return text.lines().filter(line -> line.startsWith(start)).findFirst().orElseThrow();
  }

  // ---- show --interval, top, dashboards

  @Test
  void ratesAreThoseBetweenTwoScrapes() {
    AtomicInteger count = new AtomicInteger();
    server.on("/metrics", asked -> Reply.metrics(metrics(count.addAndGet(100))));

    Run run = FakeServer.run("metrics", "show", server.url(), "--interval", "100ms");

    assertThat(run.status()).isZero();
    assertThat(run.out())
        .containsPattern("MODEL +VERSION .*REQ/S +ERR% .*P99")
        .containsPattern("hp +2 .* 10 +.*<=5");
    assertThat(run.out().lines()).allMatch(line -> line.length() <= 80);
  }

  @Test
  void topIsOnePictureWhereThereIsNoTerminal() {
    AtomicInteger count = new AtomicInteger();
    server.on("/metrics", asked -> Reply.metrics(metrics(count.addAndGet(100))));

    Run run = FakeServer.run("metrics", "top", server.url(), "--interval", "50ms");

    assertThat(run.status()).isZero();
    assertThat(run.out()).contains("1 versions  by name").containsPattern("hp +2 ").contains("█");
    assertThat(run.out()).doesNotContain("\u001b");
    assertThat(FakeServer.run("metrics", "top", GONE).status()).isEqualTo(5);
  }

  @Test
  void dashboardsArePrinted() {
    assertThat(FakeServer.run("metrics", "dashboards", "grafana").out())
        .startsWith("{")
        .contains("${datasource}");
    assertThat(FakeServer.run("metrics", "dashboards", "alerts").out())
        .contains("alert: MlserveDown")
        .contains("{{ $labels.model }}");
    assertThat(FakeServer.run("metrics", "dashboards", "rules").out()).contains("record: ");
    assertThat(FakeServer.run("metrics", "dashboards", "else").status()).isEqualTo(2);
  }

  private static String metrics(int requests) {
    return """
        # TYPE mlserve_requests_total counter
        mlserve_requests_total{model="hp",version="2",code="OK"} %d
        mlserve_requests_total{model="hp",version="2",code="INTERNAL"} %d
        # TYPE mlserve_request_duration_seconds histogram
        mlserve_request_duration_seconds_bucket{model="hp",version="2",le="0.005"} %d
        mlserve_request_duration_seconds_bucket{model="hp",version="2",le="+Inf"} %d
        mlserve_request_duration_seconds_sum{model="hp",version="2"} 1
        # TYPE mlserve_model_state gauge
        mlserve_model_state{model="hp",version="2",state="AVAILABLE"} 1
        """
        .formatted(requests * 9, requests, requests * 10, requests * 10);
  }

  private Path file(CharSequence text) throws IOException {
    return Files.writeString(dir.resolve("metrics.txt"), text);
  }
}
