package io.mlserve.protocol.tfs;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlserve.fixtures.onnx.Models;
import io.mlserve.fixtures.onnx.Payload;
import io.mlserve.http.HttpLimits;
import io.mlserve.http.RawClient;
import io.mlserve.http.RawClient.Answer;
import io.mlserve.model.ModelName;
import io.mlserve.server.ModelServer;
import io.mlserve.server.ModelSources;
import io.mlserve.server.ServerOptions;
import io.mlserve.serving.ServingOptions;
import io.mlserve.store.ModelFolder;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** A real server on a free port, and a client that asks it. */
final class TfsServer implements AutoCloseable {
  static final int MOST_BODY_BYTES = 1 << 20;

  private final ModelServer server;

  private TfsServer(ModelServer server) {
    this.server = server;
  }

  /** Serves {@code folders} by name, and waits until each one can answer. */
  static TfsServer serving(Map<String, Path> folders) {
    TfsServer server = open(folders, 1024, Duration.ofSeconds(20));
    Awaitility.await().atMost(20, TimeUnit.SECONDS).until(server.server.models()::isReady);
    return server;
  }

  /** The same without waiting. */
  static TfsServer open(Map<String, Path> folders, int maxInFlight, Duration requestTimeout) {
    Map<ModelName, ModelFolder> models = new LinkedHashMap<>();
    folders.forEach(
        (name, path) -> models.put(new ModelName(name), new ModelFolder(path, "fluid_time_file")));
    Duration patience = Duration.ofSeconds(20);
    return new TfsServer(
        ModelServer.open(
            ModelSources.of(models),
            new ServerOptions(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                2,
                maxInFlight,
                requestTimeout,
                new HttpLimits(MOST_BODY_BYTES, 8192, patience, patience, patience, 100),
                ServingOptions.defaults(),
                new ServerOptions.Drain(Duration.ZERO, patience))));
  }

  static Path write(Path folder, Payload model) {
    Models.write(model, folder.resolve("model.onnx"));
    return folder;
  }

  int port() {
    return server.port();
  }

  ModelServer modelServer() {
    return server;
  }

  Answer get(String path) {
    return ask("GET", path, "", new byte[0]);
  }

  Answer predict(String model, String json) {
    return post("/v1/models/" + model + ":predict", json);
  }

  Answer post(String path, String json) {
    return ask("POST", path, "", json.getBytes(StandardCharsets.UTF_8));
  }

  /** One request on a connection of its own; {@code headers} end in a line break each. */
  Answer ask(String method, String path, String headers, byte[] body) {
    try (RawClient client = RawClient.connect(port())) {
      String length = "Content-Length: " + body.length + "\r\n";
      client.send(method + " " + path + " HTTP/1.1\r\nHost: x\r\n" + headers + length + "\r\n");
      return client.send(body).read();
    }
  }

  /** That {@code answer} is an error as TensorFlow Serving writes it, and tells no secrets. */
  static void assertError(Answer answer, int status, String message) {
    assertThat(answer.text()).isEqualTo("{\"error\":\"" + message.replace("\"", "\\\"") + "\"}");
    assertError(answer, status);
  }

  static void assertError(Answer answer, int status) {
    assertThat(answer.status()).as(answer.text()).isEqualTo(status);
    assertThat(answer.header("content-type")).isEqualTo("application/json");
    assertThat(answer.text())
        .startsWith("{\"error\":\"")
        .endsWith("\"}")
        .doesNotContain(
            "io.mlserve", "fasterxml", "Exception", "StreamRead", "/tmp", "`", "\\tat ");
  }

  @Override
  public void close() {
    server.close();
  }
}
