package io.mlserve.protocol.oip;

import static io.mlserve.protocol.oip.OipRestFixture.assertError;
import static org.assertj.core.api.Assertions.assertThat;

import io.mlserve.fixtures.onnx.Models;
import io.mlserve.http.NettyLeaks;
import io.mlserve.http.RawClient;
import io.mlserve.http.RawClient.Answer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What bounds inferences: time and number. */
@ExtendWith(NettyLeaks.class)
class OipRestLimitsTest {
  @TempDir private Path folder;

  private OipRestFixture slow(int maxInFlight, Duration timeout) {
    OipRestFixture.write(folder, Models.slow());
    OipRestFixture server = OipRestFixture.open(Map.of("slow", folder), maxInFlight, timeout);
    Awaitility.await()
        .atMost(20, TimeUnit.SECONDS)
        .until(() -> server.get("/v2/models/slow/ready").status() == 200);
    return server;
  }

  private static String request(String x, String parameters) {
    return "{\"parameters\":{"
        + parameters
        + "},\"inputs\":[{\"name\":\"x\",\"shape\":[1],\"datatype\":\"FP32\",\"data\":["
        + x
        + "]}]}";
  }

  private static RawClient send(OipRestFixture server, String x) {
    String body = request(x, "");
    return RawClient.connect(server.port())
        .send(
            "POST /v2/models/slow/infer HTTP/1.1\r\nHost: x\r\nContent-Length: "
                + body.length()
                + "\r\n\r\n"
                + body);
  }

  @Test
  void runThatTakesTooLongIsAnsweredInTime() {
    try (OipRestFixture server = slow(10, Duration.ofMillis(200))) {
      assertThat(server.infer("slow", request("0", "")).status()).isEqualTo(200);
      assertError(server.infer("slow", request("0.7", "")), 504, "no answer within 200 ms");
      assertError(
          server.infer("slow", request("0.7", "\"timeout\":5000000")),
          504,
          "no answer within 200 ms");
      assertCounted(server, "DEADLINE_EXCEEDED", "2.0");
    }
  }

  @Test
  void requestMayAskForLessTime() {
    try (OipRestFixture server = slow(10, Duration.ofSeconds(20))) {
      assertError(
          server.infer("slow", request("0.7", "\"timeout\":100000")),
          504,
          "no answer within 100 ms");
      assertError(
          server.infer("slow", request("0", "\"timeout\":1")), 504, "no answer within 1 µs");
      assertThat(server.infer("slow", request("0", "\"timeout\":10000000")).status())
          .isEqualTo(200);
      assertCounted(server, "DEADLINE_EXCEEDED", "2.0");
      assertCounted(server, "OK", "1.0");
    }
  }

  @Test
  void moreThanTheLimitAtOnceAreRefusedAtOnce() {
    try (OipRestFixture server = slow(1, Duration.ofSeconds(20));
        RawClient first = send(server, "0.7")) {
      Awaitility.await()
          .until(
              () ->
                  server
                      .get("/metrics")
                      .text()
                      .contains("mlserve_inflight_requests{model=\"slow\",version=\"1\",} 1.0"));
      Answer refused = server.infer("slow", request("0", ""));
      assertError(refused, 429, "more than 1 requests are under way, try again");
      assertThat(refused.header("retry-after")).isEqualTo("1");
      assertThat(server.get("/v2/health/ready").status()).isEqualTo(200);
      assertThat(server.get("/v2/models/slow").status()).isEqualTo(200);
      assertThat(first.read().status()).isEqualTo(200);
    }
  }

  private static void assertCounted(OipRestFixture server, String code, String count) {
    String series =
        "mlserve_requests_total\\{model=\"slow\",version=\"1\",protocol=\"oip-rest\",.*code=\""
            + code
            + "\".*} "
            + count;
    Awaitility.await()
        .untilAsserted(() -> assertThat(server.get("/metrics").text()).containsPattern(series));
  }
}
