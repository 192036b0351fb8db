package io.mlserve.protocol.tfs;

import static io.mlserve.protocol.tfs.TfsServer.assertError;
import static org.assertj.core.api.Assertions.assertThat;

import io.mlserve.fixtures.onnx.Models;
import io.mlserve.http.NettyLeaks;
import io.mlserve.http.RawClient;
import io.mlserve.http.RawClient.Answer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What bounds predictions: time and number. */
@ExtendWith(NettyLeaks.class)
class TfsLimitsTest {
  @TempDir private Path folder;

  private TfsServer slow(int maxInFlight, Duration timeout) {
    TfsServer.write(folder, Models.slow());
    TfsServer server = TfsServer.open(Map.of("slow", folder), maxInFlight, timeout);
    Awaitility.await()
        .atMost(20, TimeUnit.SECONDS)
        .until(() -> server.get("/readyz").status() == 200);
    return server;
  }

  private static RawClient send(TfsServer server, String x) {
    String body = "{\"instances\":[" + x + "]}";
    return RawClient.connect(server.port())
        .send(
            "POST /v1/models/slow:predict HTTP/1.1\r\nHost: x\r\nContent-Length: "
                + body.length()
                + "\r\n\r\n"
                + body);
  }

  @Test
  void runThatTakesTooLongIsAnsweredInTimeAndDoesNotCountAsAnswered() {
    try (TfsServer server = slow(10, Duration.ofMillis(200))) {
      assertThat(server.predict("slow", "{\"instances\":[0]}").text())
          .isEqualTo("{\"predictions\":[0.0]}");
      assertError(server.predict("slow", "{\"instances\":[0.7]}"), 504, "no answer within 200 ms");
      Awaitility.await().until(() -> metric(server, "code=\"DEADLINE_EXCEEDED\"").equals("1.0"));
      assertThat(metric(server, "code=\"OK\"")).isEqualTo("1.0");
    }
  }

  @Test
  void requestThatWaitedPastItsTimeIsNotRun() {
    try (TfsServer server = slow(10, Duration.ofMillis(300))) {
      List<RawClient> clients = new ArrayList<>();
      for (int i = 0; i < 6; i++) { // on two threads
        clients.add(send(server, "0.7"));
      }
      for (RawClient client : clients) {
        assertError(client.read(), 504);
        client.close();
      }
      Awaitility.await().until(() -> inFlight(server).equals("0.0"));
      assertThat(metric(server, "selector=\"default\",code=\"DEADLINE_EXCEEDED\""))
          .isEqualTo("6.0");
    }
  }

  @Test
  void moreThanTheLimitAtOnceAreRefusedAtOnce() {
    try (TfsServer server = slow(2, Duration.ofSeconds(20))) {
      try (RawClient first = send(server, "0.7");
          RawClient second = send(server, "0.7")) {
        Awaitility.await().until(() -> inFlight(server).equals("2.0"));
        Answer refused = server.predict("slow", "{\"instances\":[0]}");
        assertError(refused, 429, "more than 2 requests are under way, try again");
        assertThat(refused.header("retry-after")).isEqualTo("1");
        assertThat(server.get("/livez").status()).isEqualTo(200);
        assertThat(server.get("/v1/models/slow").status()).isEqualTo(200);
        assertThat(first.read().status()).isEqualTo(200);
        assertThat(second.read().status()).isEqualTo(200);
      }
      Awaitility.await().until(() -> server.predict("slow", "{\"instances\":[0]}").status() == 200);
    }
  }

  @Test
  void namesThatClientsMakeUpDoNotBecomeSeries() {
    try (TfsServer server = slow(10, Duration.ofSeconds(20))) {
      for (int i = 0; i < 20; i++) {
        assertError(server.predict("made-up-" + i, "{}"), 404);
        assertError(server.post("/v1/models/slow/versions/" + (100 + i) + ":predict", "{}"), 404);
      }
      assertThat(server.get("/metrics").text())
          .doesNotContain("made-up")
          .doesNotContain("version=\"10");
      assertThat(metric(server, unreached("_unknown", "default"))).isEqualTo("20.0");
      assertThat(metric(server, unreached("slow", "version"))).isEqualTo("20.0");
    }
  }

  @Test
  void metricsAreGivenInTheFormatThatIsAskedFor() {
    try (TfsServer server = slow(10, Duration.ofSeconds(20))) {
      Answer plain = server.get("/metrics");
      assertThat(plain.header("content-type"))
          .isEqualTo("text/plain; version=0.0.4; charset=utf-8");
      assertThat(plain.text())
          .contains("mlserve_model_loads_total{model=\"slow\",result=\"ok\",} 1.0")
          .contains("jvm_threads ");
      Answer open =
          server.ask("GET", "/metrics", "Accept: application/openmetrics-text\r\n", new byte[0]);
      assertThat(open.header("content-type")).startsWith("application/openmetrics-text; version=1");
      assertThat(open.text()).endsWith("# EOF\n");
    }
  }

  private static String unreached(String model, String selector) {
    return "model=\"%s\",version=\"\",protocol=\"tfs-rest\",selector=\"%s\""
        .formatted(model, selector);
  }

  private static String inFlight(TfsServer server) {
    return value(server, line -> line.startsWith("mlserve_inflight_requests{"));
  }

  private static String metric(TfsServer server, String labels) {
    return value(
        server, line -> line.startsWith("mlserve_requests_total{") && line.contains(labels));
  }

  private static String value(TfsServer server, java.util.function.Predicate<String> wanted) {
    return server
        .get("/metrics")
        .text()
        .lines()
        .filter(wanted)
        .map(line -> line.substring(line.lastIndexOf(' ') + 1))
        .findFirst()
        .orElse("none");
  }
}
