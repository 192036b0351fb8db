package io.mlserve.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import io.mlserve.fixtures.onnx.Models;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code mlserve serve} in a process of its own: how it starts, and how signals end it. */
@Timeout(120)
class ServeProcessTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final HttpClient client = HttpClient.newHttpClient();
  private final List<Process> processes = new ArrayList<>();
  @TempDir private Path folder;

  @BeforeEach
  void writeModel() {
    Models.write(Models.slow(), folder.resolve("slow/model.onnx"));
  }

  @AfterEach
  void stopAll() throws InterruptedException {
    for (Process process : processes) {
      process.destroyForcibly().waitFor();
    }
  }

  private Process serve(String... more) throws IOException {
    return serveAt("127.0.0.1", more);
  }

  private Process serveAt(String host, String... more) throws IOException {
    List<String> line = JavaCommand.start();
    line.addAll(
        List.of(
            "io.mlserve.cli.Main",
            "serve",
            "--host",
            host,
            "--model",
            folder.resolve("slow").toString()));
    line.addAll(List.of(more));
    ProcessBuilder builder = new ProcessBuilder(line);
    builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
    builder.redirectError(folder.resolve("stderr").toFile());
    Process process = builder.start();
    processes.add(process);
    return process;
  }

  private String stderr() throws IOException {
    return Files.readString(folder.resolve("stderr"));
  }

  /** Starts on a free port and returns its address once the model is served. */
  private String ready(Process process, Path portFile) throws IOException {
    Awaitility.await().atMost(PATIENCE).until(() -> Files.exists(portFile) || !process.isAlive());
    assertThat(portFile).as(stderr()).content().matches("[1-9][0-9]{0,4}\n");
    String address = "http://127.0.0.1:" + Files.readString(portFile).strip();
    Awaitility.await()
        .atMost(PATIENCE)
        .until(() -> send(address + "/readyz", "").get().statusCode() == 200);
    return address;
  }

  /** GET, or POST if there is a body. */
  private CompletableFuture<HttpResponse<String>> send(String uri, String body) {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(uri)).timeout(PATIENCE);
    if (!body.isEmpty()) {
      request.POST(HttpRequest.BodyPublishers.ofString(body));
    }
    return client.sendAsync(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static void signal(Process process, String name) throws Exception {
    new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
  }

  private static int status(Process process) throws InterruptedException {
    assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).as("has ended").isTrue();
    return process.exitValue();
  }

  @ParameterizedTest
  @CsvSource({"TERM, 0", "INT, 130"})
  void signalLetsRequestsUnderWayEnd(String signal, int status) throws Exception {
    Path portFile = folder.resolve("port");
    Process process = serve("--port", "0", "--port-file", portFile.toString(), "--threads", "2");
    String address = ready(process, portFile);
    List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
    for (int i = 0; i < 4; i++) { // two run, two wait
      answers.add(send(address + "/v1/models/slow:predict", "{\"instances\":[0.5]}"));
    }
    Awaitility.await()
        .atMost(PATIENCE)
        .until(
            () -> send(address + "/metrics", "").get().body().contains("mlserve_queue_length 2"));
    signal(process, signal);
    for (CompletableFuture<HttpResponse<String>> answer : answers) {
      assertThat(answer.get(60, TimeUnit.SECONDS).body()).isEqualTo("{\"predictions\":[0.5]}");
    }
    assertThat(status(process)).isEqualTo(status);
    assertThat(stderr())
        .contains(
            "mlserve serve: listening on " + address,
            "version 1 is served",
            "draining: 4 requests under way")
        .doesNotContain("Exception");
    try (InputStream out = process.getInputStream()) {
      assertThat(new String(out.readAllBytes(), StandardCharsets.UTF_8)).isEmpty();
    }
  }

  @Test
  void drainThatTakesTooLongIsReported() throws Exception {
    Path portFile = folder.resolve("port");
    Process process =
        serve("--port", "0", "--port-file", portFile.toString(), "--drain-timeout", "100ms");
    String address = ready(process, portFile);
    CompletableFuture<HttpResponse<String>> cut =
        send(address + "/v1/models/slow:predict", "{\"instances\":[1.5]}");
    Awaitility.await()
        .atMost(PATIENCE)
        .until(
            () ->
                send(address + "/metrics", "")
                    .get()
                    .body()
                    .contains("mlserve_inflight_requests{model=\"slow\",version=\"1\",} 1"));
    signal(process, "TERM");
    assertThat(status(process)).isEqualTo(5);
    assertThat(cut).failsWithin(PATIENCE);
    assertThat(stderr()).contains("1 requests had no answer after 100 ms");
  }

  @Test
  void secondSignalEndsItAtOnce() throws Exception {
    Path portFile = folder.resolve("port");
    Process process =
        serve("--port", "0", "--port-file", portFile.toString(), "--drain-delay", "60s");
    String address = ready(process, portFile);
    signal(process, "TERM");
    Awaitility.await()
        .atMost(PATIENCE)
        .until(() -> send(address + "/readyz", "").get().statusCode() == 503);
    assertThat(send(address + "/livez", "").get().statusCode()).isEqualTo(200);
    assertThat(send(address + "/v1/models/slow:predict", "{\"instances\":[0]}").get().body())
        .isEqualTo("{\"predictions\":[0.0]}");
    signal(process, "TERM");
    assertThat(status(process)).isEqualTo(143);
  }

  @Test
  void portThatIsTakenIsSaidSo() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Process process = serve("--port", Integer.toString(taken.getLocalPort()));
      assertThat(status(process)).isEqualTo(5);
      assertThat(stderr())
          .startsWith("mlserve serve: cannot listen on 127.0.0.1:" + taken.getLocalPort() + ": ")
          .endsWith("in use (5)\nhint: choose another port with --port, or 0 for a free one\n");
    }
  }

  @Test
  void portFileThatCannotBeWrittenIsSaidSo() throws Exception {
    Path nowhere = folder.resolve("nowhere/port");
    Process process = serve("--port", "0", "--port-file", nowhere.toString());
    assertThat(status(process)).isEqualTo(6);
    assertThat(stderr()).contains("--port-file: cannot write " + nowhere).doesNotContain("\tat ");
  }

  @Test
  void hostThatIsNotKnownIsAWrongUsage() throws Exception {
    Process process = serveAt("no-such-host.invalid", "--port", "0");
    assertThat(status(process)).isEqualTo(2);
    assertThat(stderr()).contains("host 'no-such-host.invalid'").doesNotContain("\tat ");
  }

  @Test
  void grpcListensBesideHttpAndEndsWithIt() throws Exception {
    Path portFile = folder.resolve("port");
    Path grpcPortFile = folder.resolve("grpc-port");
    Process process =
        serve(
            "--port",
            "0",
            "--port-file",
            portFile.toString(),
            "--grpc-port",
            "0",
            "--grpc-port-file",
            grpcPortFile.toString());
    ready(process, portFile);
    Awaitility.await().atMost(PATIENCE).until(() -> Files.exists(grpcPortFile));
    int port = Integer.parseInt(Files.readString(grpcPortFile).strip());
    assertThat(stderr()).contains("mlserve serve: listening for gRPC on 127.0.0.1:" + port + "\n");
    ManagedChannel channel =
        ManagedChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
    try {
      assertThat(
              HealthGrpc.newBlockingStub(channel)
                  .withDeadlineAfter(20, TimeUnit.SECONDS)
                  .check(HealthCheckRequest.newBuilder().setService("slow").build())
                  .getStatus())
          .isEqualTo(HealthCheckResponse.ServingStatus.SERVING);
      signal(process, "TERM");
      assertThat(status(process)).isZero();
    } finally {
      channel.shutdownNow();
    }
  }

  @Test
  void grpcCanBeOff() throws Exception {
    Path portFile = folder.resolve("port");
    Process process =
        serve("--port", "0", "--port-file", portFile.toString(), "--grpc-port", "off");
    ready(process, portFile);
    assertThat(stderr()).doesNotContain("gRPC");
    signal(process, "TERM");
    assertThat(status(process)).isZero();
  }

  @Test
  void takenPortForGrpcEndsTheStart() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Process process = serve("--port", "0", "--grpc-port", Integer.toString(taken.getLocalPort()));
      assertThat(status(process)).isEqualTo(5);
      assertThat(stderr())
          .contains("cannot listen on 127.0.0.1:" + taken.getLocalPort())
          .contains("--grpc-port")
          .doesNotContain("\tat ");
    }
  }
}
