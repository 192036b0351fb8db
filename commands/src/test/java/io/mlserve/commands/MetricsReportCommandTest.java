package io.mlserve.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlserve.commands.FakeServer.Reply;
import io.mlserve.commands.FakeServer.Run;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Reports of servers that say what a test wants. */
@Timeout(30)
class MetricsReportCommandTest {
  private static final String GONE = "http://127.0.0.1:1"; // nobody listens there

  private FakeServer one;
  private FakeServer two;
  @TempDir private Path dir;

  @BeforeEach
  void start() throws IOException {
    one = new FakeServer();
    two = new FakeServer();
  }

  @AfterEach
  void stop() {
    one.close();
    two.close();
  }

  @Test
  void tableSaysWhoIsUsedByWhom() {
    one.on("/admin/v1/traffic", asked -> Reply.json(200, traffic(1, 0, "", 12, "[]")));

    Run run = FakeServer.run("metrics", "report", "--servers", one.url());

    assertThat(run.status()).isEqualTo(10);
    assertThat(run.err()).isEmpty();
    assertThat(run.out())
        .containsPattern("hp +2 +IN USE +0.00333 +12 +\\S+ ago +default:12 +100.0%")
        .containsPattern("hp +1 +SAFE +0 +0 +- +- +100.0%")
        .contains("no request in 24 h")
        .contains("12 requests in 24 h (default version)");
    assertThat(run.out().lines()).allMatch(line -> line.length() <= 80);
    assertThat(one.asked().get(0).path()).isEqualTo("/admin/v1/traffic?window=86400s");
  }

  @Test
  void versionIdleHereAndUsedThereIsInUse() {
    one.on("/admin/v1/traffic", asked -> Reply.json(200, traffic(1, 0, "", 0, "[]")));
    two.on("/admin/v1/traffic", asked -> Reply.json(200, traffic(1, 3, "version", 0, "[]")));

    Run run = report("hp", "1", "--servers", one.url() + "," + two.url());

    assertThat(run.status()).isEqualTo(10);
    assertThat(run.out()).contains("3 requests in 24 h").contains("version:3");
  }

  @Test
  void serverThatDoesNotAnswerMakesIdleUnknown() {
    one.on("/admin/v1/traffic", asked -> Reply.json(200, traffic(1, 0, "", 0, "[]")));

    Run run = report("hp", "1", "--servers", one.url() + "," + GONE);

    assertThat(run.status()).isEqualTo(12);
    assertThat(run.out()).contains("UNKNOWN").contains("127.0.0.1:1");
    assertThat(run.err()).contains("warning: http://127.0.0.1:1");
  }

  @Test
  void noServerAtAllIsUnknown() {
    assertThat(report("--servers", GONE).status()).isEqualTo(12);
  }

  @Test
  void historyOfAnHourIsTooLittle() {
    one.on("/admin/v1/traffic", asked -> Reply.json(200, traffic(0.04, 0, "", 0, "[]")));

    Run run = report("hp", "1", "--servers", one.url());

    assertThat(run.status()).isEqualTo(12);
    assertThat(run.out()).contains("data for 4.0 % of 24 h (expected: 95 %)");
  }

  @Test
  void labelKeepsAnIdleVersion() {
    one.on("/admin/v1/traffic", asked -> Reply.json(200, traffic(1, 0, "", 0, "[\"stable\"]")));

    Run run = report("hp", "1", "--servers", one.url());

    assertThat(run.status()).isEqualTo(10);
    assertThat(run.out()).contains("label 'stable' stands for it");
  }

  @Test
  void versionThatNobodyKnowsIsUnknown() {
    one.on("/admin/v1/traffic", asked -> Reply.json(200, traffic(1, 0, "", 0, "[]")));

    Run run = report("hp", "9", "--servers", one.url());

    assertThat(run.status()).isEqualTo(12);
    assertThat(run.err()).contains("nothing is known of hp 9");
  }

  @Test
  void answerOfSomethingElseMakesNothingSafe() {
    one.on("/", asked -> Reply.json(200, "{\"hello\": 1}"));

    assertThat(report("--servers", one.url()).status()).isEqualTo(12);
  }

  @Test
  void tokenIsShown() throws IOException {
    Path token = Files.writeString(dir.resolve("token"), "s3cret\n");
    one.on(
        "/admin/v1/traffic",
        asked ->
            asked.authorization().equals("Bearer s3cret")
                ? Reply.json(200, traffic(1, 0, "", 0, "[]"))
                : Reply.json(401, "{}"));

    assertThat(report("hp", "1", "--servers", one.url()).status()).isEqualTo(12);
    assertThat(report("hp", "1", "--servers", one.url(), "--token-file", token.toString()).status())
        .isZero();
  }

  @Test
  void jsonHoldsTheNumbers() {
    one.on("/admin/v1/traffic", asked -> Reply.json(200, traffic(1, 3, "version", 0, "[]")));

    String json = report("hp", "1", "--servers", one.url(), "--json").out().replaceAll("\\s+", "");

    assertThat(json)
        .contains("\"outcome\":\"IN_USE\"")
        .contains("\"verdict\":\"IN_USE\",\"reason\":\"3requestsin24h\"")
        .contains("\"requests\":3.0")
        .contains("\"addressed\":{\"version\":3.0}");
  }

  @Test
  void prometheusIsAskedByPostAndFailsClosed() {
    one.on("/api/v1/query", asked -> prometheus(asked, 288));

    assertThat(report("hp", "1", "--prometheus", one.url()).status()).isZero();
    assertThat(report("hp", "2", "--prometheus", one.url()).status()).isEqualTo(10);
    assertThat(one.asked()).allMatch(asked -> asked.method().equals("POST"));
    assertThat(one.asked())
        .anyMatch(
            asked ->
                decoded(asked)
                    .contains(
                        "max_over_time(sum by (model, version) (rate(mlserve_requests_total"
                            + "{version!=\"\",job=\"mlserve\"}[3600s]))[82800s:300s])"));
  }

  @Test
  void youngPrometheusIsTooLittle() {
    one.on("/api/v1/query", asked -> prometheus(asked, 30));

    Run run = report("hp", "1", "--prometheus", one.url());

    assertThat(run.status()).isEqualTo(12);
    assertThat(run.out()).contains("data for 10.4 %");
  }

  @Test
  void prometheusThatRefusesIsAnError() {
    one.on(
        "/api/v1/query",
        asked ->
            Reply.json(
                400,
                "{\"status\":\"error\",\"errorType\":\"bad_data\",\"error\":\"parse error\"}"));

    Run run = report("--prometheus", one.url(), "--selector", "job=");

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).contains("parse error");
    assertThat(report("--prometheus", GONE).status()).isEqualTo(5);
  }

  @Test
  void exactlyOneSourceIsAsked() {
    assertThat(report().status()).isEqualTo(2);
    assertThat(report("--servers", GONE, "--prometheus", GONE).status()).isEqualTo(2);
    assertThat(report("--servers", GONE, "--window", "0").status()).isEqualTo(2);
    assertThat(report("--servers", GONE, "--max-qps", "-1").status()).isEqualTo(2);
  }

  private static Reply prometheus(FakeServer.Asked asked, int awake) {
    String query = decoded(asked);
    String none = "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[%s]}}";
    String target = "{\"metric\":{\"job\":\"mlserve\",\"instance\":\"a\"},\"value\":[1,\"%d\"]}";
    String version = "{\"metric\":{\"model\":\"hp\",\"version\":\"%d\"},\"value\":[1,\"%s\"]}";
    String result = "";
    if (query.contains("count_over_time(count(")) {
      result = "{\"metric\":{},\"value\":[1,\"" + awake + "\"]}";
    } else if (query.startsWith("query=count_over_time")) {
      result = target.formatted(awake);
    } else if (query.contains("sum_over_time(up")) {
      result = target.formatted(awake * 20);
    } else if (query.contains("mlserve_model_loaded")) {
      result = version.formatted(1, "1") + "," + version.formatted(2, "1");
    } else if (query.contains("increase(")) {
      result = version.formatted(2, "42.1");
    }
    return Reply.json(200, none.formatted(result));
  }

  private static String decoded(FakeServer.Asked asked) {
    return URLDecoder.decode(asked.body(), StandardCharsets.UTF_8);
  }

  private static Run report(String... options) {
    String[] line = new String[options.length + 2];
    line[0] = "metrics";
    line[1] = "report";
    System.arraycopy(options, 0, line, 2, options.length);
    return FakeServer.run(line);
  }

  /** What docs/metrics.md says that a server answers; version 2 is the default. */
  private static String traffic(
      double coverage, int ofOne, String selector, int ofTwo, String labels) {
    Instant now = Instant.now();
    String slot =
        "{\"start\": \"" + now.minusSeconds(7200) + "\", \"requests\": %d, \"failures\": 0}";
    String version =
        """
        {"version": %d, "state": "AVAILABLE", "loaded": true, "default": %b, "labels": %s,
         "in_flight": 0, %s "requests": %d, "requests_by": {"%s": %d},
         "five_minutes": [%s], "hours": []}
        """;
    String last = "\"last_request\": \"" + now.minusSeconds(7000) + "\",";
    return "{\"now\": \""
        + now
        + "\", \"coverage\": "
        + coverage
        + ", \"models\": [{\"model\": \"hp\", \"versions\": ["
        + version.formatted(
            1,
            false,
            labels,
            ofOne > 0 ? last : "",
            ofOne,
            selector,
            ofOne,
            ofOne > 0 ? slot.formatted(ofOne) : "")
        + ","
        + version.formatted(
            2,
            true,
            "[]",
            ofTwo > 0 ? last : "",
            ofTwo,
            "default",
            ofTwo,
            ofTwo > 0 ? slot.formatted(ofTwo) : "")
        + "]}]}";
  }
}
