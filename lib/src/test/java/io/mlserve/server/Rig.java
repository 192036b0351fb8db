package io.mlserve.server;

import static org.awaitility.Awaitility.await;

import io.mlserve.batch.BatchOptions;
import io.mlserve.change.Backoff;
import io.mlserve.config.ConfigFile;
import io.mlserve.config.RepositoryModels;
import io.mlserve.fixtures.net.LoopbackClient;
import io.mlserve.fixtures.net.LoopbackClient.Answer;
import io.mlserve.fixtures.onnx.Models;
import io.mlserve.fixtures.onnx.Payload;
import io.mlserve.http.HttpLimits;
import io.mlserve.model.ModelName;
import io.mlserve.runtime.RuntimeOptions;
import io.mlserve.serving.ModelSettings;
import io.mlserve.serving.ServingOptions;
import io.mlserve.store.ModelFolder;
import io.mlserve.store.ModelRepository;
import io.mlserve.transport.Transport;
import io.mlserve.version.VersionPolicy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** A server over a folder of models, with a client of its data port and one of its admin port. */
final class Rig implements AutoCloseable {
  static final Duration INTERVAL = Duration.ofMillis(20);
  static final Duration PATIENCE = Duration.ofSeconds(30);
  static final String TWO = "{\"inputs\": [2.0]}";
  private static final String STAMP = "fluid_time_file";

  private final Path folder;
  private final List<ModelSettings> models = new ArrayList<>();
  private Optional<Path> repository = Optional.empty();
  private Optional<Path> config = Optional.empty();
  private Optional<Path> token = Optional.empty();
  private boolean cors;
  private boolean page = true;
  private MetricsOptions shown = MetricsOptions.defaults();
  private BatchOptions batching = BatchOptions.defaults();
  private Duration interval = INTERVAL;
  private @Nullable ModelServer server;
  private @Nullable LoopbackClient data;
  private @Nullable LoopbackClient admin;

  Rig(Path folder) {
    this.folder = folder;
  }

  /** Puts {@code model} into a version folder, whole at once. */
  Rig put(String name, long version, Payload model) {
    try {
      Path partial = folder.resolve(".partial-" + name + "-" + version);
      Models.write(model, partial.resolve("model.onnx"));
      Files.createDirectories(folder.resolve(name));
      Files.move(
          partial,
          folder.resolve(name).resolve(Long.toString(version)),
          StandardCopyOption.ATOMIC_MOVE);
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void delete(String name, long version) {
    try {
      Path version1 = folder.resolve(name).resolve(Long.toString(version));
      Files.delete(version1.resolve("model.onnx"));
      Files.delete(version1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Serves the base folder {@code name} from the start. */
  Rig serve(String name, VersionPolicy policy, Map<String, Long> labels) {
    models.add(
        new ModelSettings(
            new ModelName(name), new ModelFolder(folder.resolve(name), STAMP), policy, labels));
    return this;
  }

  Rig serve(String name) {
    return serve(name, VersionPolicy.NEWEST, Map.of());
  }

  Rig repository(String name) {
    repository = Optional.of(folder.resolve(name));
    return this;
  }

  Rig config(String text) {
    try {
      Path file = folder.resolve("models.yaml");
      Path next = folder.resolve(".models.yaml");
      Files.writeString(next, text);
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      config = Optional.of(file);
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Rig token(Path file) {
    token = Optional.of(file);
    return this;
  }

  Rig interval(Duration time) {
    interval = time;
    return this;
  }

  Rig batching(BatchOptions options) {
    batching = options;
    return this;
  }

  Rig noPage() {
    page = false;
    return this;
  }

  Rig cors() {
    cors = true;
    return this;
  }

  Rig shown(MetricsOptions options) {
    shown = options;
    return this;
  }

  Rig start() {
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    ServingOptions serving =
        new ServingOptions(
            true,
            interval,
            new Backoff(Duration.ofMillis(50), Duration.ofMillis(200)),
            true,
            false,
            RuntimeOptions.defaults(),
            batching);
    ModelServer started =
        ModelServer.open(
            new ModelSources(
                models,
                repository.map(path -> new RepositoryModels(new ModelRepository(path, STAMP))),
                config.map(path -> new ConfigFile(path, STAMP))),
            new ServerOptions(
                any,
                2,
                64,
                Duration.ofSeconds(60),
                HttpLimits.defaults(),
                serving,
                new ServerOptions.Drain(Duration.ZERO, Duration.ofSeconds(10)),
                Optional.empty(),
                false,
                Optional.empty(),
                Optional.of(new ServerOptions.Admin(any, true, token, page)),
                cors,
                Transport.AUTO),
            shown);
    server = started;
    try {
      data = new LoopbackClient(started.port());
      admin = new LoopbackClient(started.adminPort().orElseThrow());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }

  /** Starts, and waits until every model answers. */
  Rig startReady() {
    start();
    until(() -> get("/readyz").status() == 200);
    return this;
  }

  ModelServer server() {
    return java.util.Objects.requireNonNull(server);
  }

  Answer get(String path) throws IOException {
    return java.util.Objects.requireNonNull(data).get(path);
  }

  /** What {@code target}, such as {@code m} or {@code m/versions/3}, makes of 2. */
  Answer predict(String target) throws IOException {
    return predict(target, TWO);
  }

  Answer predict(String target, String body) throws IOException {
    return java.util.Objects.requireNonNull(data).post("/v1/models/" + target + ":predict", body);
  }

  Answer data(String method, String path, String headers, String body) throws IOException {
    return java.util.Objects.requireNonNull(data).request(method, path, headers, body);
  }

  Answer admin(String method, String path, String body) throws IOException {
    return java.util.Objects.requireNonNull(admin).request(method, "/admin/v1/" + path, "", body);
  }

  Answer admin(String method, String path, String headers, String body) throws IOException {
    return java.util.Objects.requireNonNull(admin)
        .request(method, "/admin/v1/" + path, headers, body);
  }

  String status(String model) throws IOException {
    return get("/v1/models/" + model).body();
  }

  static String outputs(String value) {
    return "{\"outputs\":[" + value + "]}";
  }

  void untilAnswer(String target, String expected) {
    until(() -> predict(target).body().equals(outputs(expected)));
  }

  /** Waits until a version of hp can answer; asks for its status only. */
  void untilState(long version) {
    until(() -> status("hp").contains("\"version\":\"" + version + "\",\"state\":\"AVAILABLE\""));
  }

  static void until(Callable<Boolean> condition) {
    await().atMost(PATIENCE).pollInterval(Duration.ofMillis(5)).until(condition);
  }

  /** Lets the server look at its folders several times. */
  static void looks() {
    await().pollDelay(INTERVAL.multipliedBy(10)).until(() -> true);
  }

  @Override
  public void close() {
    if (server != null) {
      server.close();
    }
    for (@Nullable LoopbackClient client : new LoopbackClient[] {data, admin}) {
      try {
        if (client != null) {
          client.close();
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
