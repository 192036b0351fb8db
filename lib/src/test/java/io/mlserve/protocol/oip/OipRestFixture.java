package io.mlserve.protocol.oip;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlserve.fixtures.onnx.ElementType;
import io.mlserve.fixtures.onnx.Models;
import io.mlserve.fixtures.onnx.OnnxGraph;
import io.mlserve.fixtures.onnx.Payload;
import io.mlserve.http.HttpLimits;
import io.mlserve.http.RawClient;
import io.mlserve.http.RawClient.Answer;
import io.mlserve.model.ModelName;
import io.mlserve.server.ModelServer;
import io.mlserve.server.ModelSources;
import io.mlserve.server.ServerOptions;
import io.mlserve.serving.ModelSettings;
import io.mlserve.serving.ServingOptions;
import io.mlserve.store.ModelFolder;
import io.mlserve.transport.Transport;
import io.mlserve.version.VersionPolicy;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** A real server, and requests of this protocol to it. */
final class OipRestFixture implements AutoCloseable {
  static final int MOST_BODY_BYTES = 1 << 20;
  static final String JSON_LENGTH = "Inference-Header-Content-Length: ";

  private final ModelServer server;

  private OipRestFixture(ModelServer server) {
    this.server = server;
  }

  /** Serves {@code folders} by name, and waits until each one can answer. */
  static OipRestFixture serving(Map<String, Path> folders) {
    OipRestFixture server = open(folders, 1024, Duration.ofSeconds(20));
    Awaitility.await().atMost(30, TimeUnit.SECONDS).until(server.server.models()::isReady);
    return server;
  }

  /** The same without waiting. */
  static OipRestFixture open(Map<String, Path> folders, int maxInFlight, Duration requestTimeout) {
    return open(folders, maxInFlight, requestTimeout, false);
  }

  /** Without waiting; clients may load and unload models. */
  static OipRestFixture controlled(Map<String, Path> folders) {
    return open(folders, 1024, Duration.ofSeconds(20), true);
  }

  /** Serves every version in {@code folder}, and waits until the newest one can answer. */
  static OipRestFixture allVersions(String name, Path folder) {
    ModelSettings all =
        new ModelSettings(
            new ModelName(name),
            new ModelFolder(folder, "fluid_time_file"),
            new VersionPolicy.All(),
            Map.of());
    OipRestFixture server =
        open(
            new ModelSources(List.of(all), Optional.empty(), Optional.empty()),
            1024,
            Duration.ofSeconds(20),
            false);
    Awaitility.await().atMost(20, TimeUnit.SECONDS).until(server.server.models()::isReady);
    return server;
  }

  private static OipRestFixture open(
      Map<String, Path> folders, int maxInFlight, Duration requestTimeout, boolean control) {
    Map<ModelName, ModelFolder> models = new LinkedHashMap<>();
    folders.forEach(
        (name, path) -> models.put(new ModelName(name), new ModelFolder(path, "fluid_time_file")));
    return open(ModelSources.of(models), maxInFlight, requestTimeout, control);
  }

  private static OipRestFixture open(
      ModelSources models, int maxInFlight, Duration requestTimeout, boolean control) {
    Duration patience = Duration.ofSeconds(20);
    return new OipRestFixture(
        ModelServer.open(
            models,
            new ServerOptions(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                2,
                maxInFlight,
                requestTimeout,
                new HttpLimits(MOST_BODY_BYTES, 8192, patience, patience, patience, 100),
                ServingOptions.defaults(),
                new ServerOptions.Drain(Duration.ZERO, patience),
                Optional.empty(),
                control,
                Optional.empty(),
                Optional.empty(),
                false,
                Transport.AUTO)));
  }

  static Path write(Path folder, Payload model) {
    Models.write(model, folder.resolve("model.onnx"));
    return folder;
  }

  /** {@code y = x}, both of {@code type} and {@code shape}. */
  static Payload same(ElementType type, long... shape) {
    return new OnnxGraph("same")
        .input("x", type, shape)
        .output("y", type, shape)
        .node("Identity", List.of("x"), "y")
        .toModel(Map.of());
  }

  ModelServer server() {
    return server;
  }

  int port() {
    return server.port();
  }

  Answer get(String path) {
    return ask("GET", path, "", new byte[0]);
  }

  Answer post(String path, String json) {
    return ask("POST", path, "", json.getBytes(StandardCharsets.UTF_8));
  }

  Answer infer(String model, String json) {
    return post("/v2/models/" + model + "/infer", json);
  }

  /** JSON with blobs behind it. */
  Answer infer(String model, String json, byte[]... blobs) {
    byte[] head = json.getBytes(StandardCharsets.UTF_8);
    return ask(
        "POST",
        "/v2/models/" + model + "/infer",
        JSON_LENGTH + head.length + "\r\n",
        joined(head, joined(blobs)));
  }

  static byte[] joined(byte[]... pieces) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] piece : pieces) {
      all.writeBytes(piece);
    }
    return all.toByteArray();
  }

  /** One request on a connection of its own; {@code headers} end in a line break each. */
  Answer ask(String method, String path, String headers, byte[] body) {
    try (RawClient client = RawClient.connect(port())) {
      String length = "Content-Length: " + body.length + "\r\n";
      client.send(method + " " + path + " HTTP/1.1\r\nHost: x\r\n" + headers + length + "\r\n");
      return client.send(body).read();
    }
  }

  /** That {@code answer} is an error as the protocol has it, and tells no secrets. */
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
