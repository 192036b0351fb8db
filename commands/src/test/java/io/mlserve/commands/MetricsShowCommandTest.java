package io.mlserve.commands;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.mlserve.error.ErrorCode;
import io.mlserve.metrics.Protocol;
import io.mlserve.metrics.Selector;
import io.mlserve.metrics.ServingMetrics;
import io.mlserve.metrics.VersionCounters;
import io.mlserve.model.ModelName;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class MetricsShowCommandTest {
  private HttpServer server;
  private String url;

  private record Run(int status, String out, String err) {}

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.start();
    url = "http://127.0.0.1:" + server.getAddress().getPort();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void tableHasARowForEachVersion() {
    answer("/metrics", "text/plain; version=0.0.4", exposed("uci_housing"));

    Run run = show(url);

    assertThat(run.err()).isEmpty();
    assertThat(run.status()).isZero();
    assertThat(run.out().lines().toList())
        .hasSize(4)
        .allMatch(line -> line.length() <= 80)
        .anyMatch(line -> line.matches("MODEL +VERSION +STATE +REQUESTS +ERRORS +MEAN .*"))
        .anyMatch(line -> line.matches("uci_housing +2 +- +3 +1 +2 +<=2.5 +<=2.5 +\\d+s ago"))
        .anyMatch(line -> line.matches("uci_housing +1 +- +1 +0 +40 +<=50 +<=50 +\\d+s ago"))
        .endsWith("in flight: 0; latencies in ms");
  }

  @Test
  void longNameMakesBlocksInsteadOfATable() {
    answer("/metrics", "text/plain", exposed("a_model_whose_name_is_rather_long"));

    Run run = show(url);

    assertThat(run.out())
        .contains("a_model_whose_name_is_rather_long 2  -\n  3 requests, 1 errors, last ")
        .contains("  mean 2, p50 <=2.5, p99 <=2.5\n");
    assertThat(run.out().lines()).allMatch(line -> line.length() <= 60);
  }

  @Test
  void jsonHoldsRowsAndAllMetrics() {
    answer("/metrics", "text/plain", exposed("m") + "other{a=\"b\"} NaN\n");

    String json = show(url, "--json").out().replaceAll("\\s+", " ");

    assertThat(json)
        .contains("\"model\" : \"m\", \"version\" : \"2\", \"state\" : null, \"requests\" : 3")
        .contains("\"p99_above_ms\" : 1, \"p99_at_most_ms\" : 2.5")
        .contains("\"name\" : \"other\", \"labels\" : { \"a\" : \"b\" }, \"value\" : \"NaN\"");
  }

  @Test
  void rawIsWhatTheServerSent() {
    answer("/other/path", "text/plain", "x 1\n# anything\n");

    assertThat(show(url + "/other/path", "--raw").out()).isEqualTo("x 1\n# anything\n");
  }

  @Test
  void metricsOfAnotherServerAreNoError() {
    answer("/metrics", "text/plain", "go_goroutines 12\n");

    Run run = show(url);

    assertThat(run.status()).isZero();
    assertThat(run.err()).startsWith("no models of mlserve among 1 metrics");
  }

  @ParameterizedTest
  @ValueSource(strings = {"text/html", "text/plain"})
  void htmlIsNoMetrics(String type) {
    answer("/metrics", type, "<html><body>hello</body></html>");

    Run run = show(url);

    assertThat(run.status()).isEqualTo(7);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).startsWith("mlserve metrics show: ").contains("(7)");
  }

  @Test
  void controlCharactersOfTheServerStayAway() {
    answer("/metrics", "text/plain", "mlserve_requests_total{model=\"\u001b[31m\"} 1\n");

    assertThat(show(url).out()).doesNotContain("\u001b");
  }

  @Test
  void pathThatIsNotThereEndsWithSix() {
    assertThat(show(url).status()).isEqualTo(6);
  }

  @Test
  void unreachableServerEndsAtOnceWithFive() throws IOException {
    int free;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      free = socket.getLocalPort();
    }
    long start = System.nanoTime();

    assertThat(show("http://127.0.0.1:" + free).status()).isEqualTo(5);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(1));
  }

  @Test
  void silentServerEndsInTimeWithFive() throws IOException {
    try (ServerSocket silent = new ServerSocket(0, 8, InetAddress.getLoopbackAddress())) {
      Run run = show("http://127.0.0.1:" + silent.getLocalPort(), "--timeout", "200ms");

      assertThat(run.status()).isEqualTo(5);
      assertThat(run.err()).contains("no whole answer within 0.2 s");
    }
  }

  @Test
  void endlessAnswerEndsWithEight() {
    server.createContext(
        "/metrics",
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          try (OutputStream body = exchange.getResponseBody()) {
            byte[] line = "x 1\n".repeat(1000).getBytes(StandardCharsets.US_ASCII);
            while (true) {
              body.write(line);
            }
          }
        });

    assertThat(show(url, "--max-size", "64k").status()).isEqualTo(8);
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1:8501", "ftp://host", "http://me:secret@host", "http://a b"})
  void whatIsNoAddressEndsWithTwo(String address) {
    Run run = show(address);

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).contains("expected: http://HOST:PORT").doesNotContain("secret");
  }

  @Test
  void rawAndJsonExcludeEachOther() {
    assertThat(show(url, "--raw", "--json").status()).isEqualTo(2);
  }

  private static String exposed(String model) {
    ServingMetrics metrics = new ServingMetrics();
    long two = Duration.ofMillis(2).toNanos();
    VersionCounters first = metrics.introduce(new ModelName(model), 1);
    first.entered(Selector.DEFAULT);
    first.answered(Protocol.TFS_REST, Selector.DEFAULT, Duration.ofMillis(40).toNanos());
    first.left();
    VersionCounters second = metrics.introduce(new ModelName(model), 2);
    second.entered(Selector.DEFAULT);
    second.answered(Protocol.TFS_REST, Selector.DEFAULT, two);
    second.answered(Protocol.TFS_REST, Selector.DEFAULT, two);
    second.failed(Protocol.TFS_REST, Selector.DEFAULT, ErrorCode.INVALID_ARGUMENT, two);
    second.left();
    return metrics.expose(Optional.empty()).text();
  }

  private void answer(String path, String type, String body) {
    server.createContext(
        path,
        exchange -> {
          byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().set("Content-Type", type);
          exchange.sendResponseHeaders(200, bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
  }

  private static Run show(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    String[] line = new String[arguments.length + 2];
    line[0] = "metrics";
    line[1] = "show";
    System.arraycopy(arguments, 0, line, 2, arguments.length);
    int status =
        CommandLines.create(new PrintWriter(out, true), new PrintWriter(err, true)).execute(line);
    return new Run(status, out.toString(), err.toString());
  }
}
