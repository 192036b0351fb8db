package io.mlserve.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mlserve.batch.BatchOptions;
import io.mlserve.change.Backoff;
import io.mlserve.fixtures.net.LoopbackClient;
import io.mlserve.fixtures.onnx.ElementType;
import io.mlserve.fixtures.onnx.Models;
import io.mlserve.fixtures.onnx.PublishedModel;
import io.mlserve.http.HttpLimits;
import io.mlserve.model.ModelName;
import io.mlserve.runtime.RuntimeOptions;
import io.mlserve.serving.ServingOptions;
import io.mlserve.store.ModelFolder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A running server whose models change on disk. */
class HotReloadTest {
  private static final Duration INTERVAL = Duration.ofMillis(20);
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  // Very roughly the seconds that the slow request takes.
  private static final String SLOW = System.getProperty("mlserve.a20.seconds", "6.0");
  private static final String TWO = "{\"inputs\": [2.0]}";

  @TempDir private Path folder;

  private final Map<ModelName, ModelFolder> folders = new LinkedHashMap<>();
  private @Nullable ModelServer server;

  @AfterEach
  void stop() {
    if (server != null) {
      server.close();
    }
  }

  private PublishedModel model(String name) {
    PublishedModel model = new PublishedModel(folder.resolve(name));
    folders.put(new ModelName(name), new ModelFolder(model.path(), "fluid_time_file"));
    return model;
  }

  private static ServingOptions serving(boolean reload) {
    return new ServingOptions(
        reload,
        INTERVAL,
        new Backoff(Duration.ofMillis(50), Duration.ofMillis(200)),
        true,
        false,
        RuntimeOptions.defaults(),
        BatchOptions.defaults());
  }

  private ModelServer start(ServingOptions serving) {
    ModelServer started =
        ModelServer.open(
            ModelSources.of(folders),
            new ServerOptions(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                2,
                64,
                Duration.ofSeconds(60),
                HttpLimits.defaults(),
                serving,
                new ServerOptions.Drain(Duration.ZERO, Duration.ofSeconds(10))));
    server = started;
    return started;
  }

  private void awaitReady(LoopbackClient client) {
    await().atMost(PATIENCE).until(() -> client.get("/readyz").status() == 200);
  }

  private static void awaitAnswer(LoopbackClient client, String model, String expected) {
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(5))
        .until(() -> client.post("/v1/models/" + model + ":predict", TWO).body().equals(expected));
  }

  private static String outputs(String value) {
    return "{\"outputs\":[" + value + "]}";
  }

  private static String status(LoopbackClient client, String model) throws IOException {
    return client.get("/v1/models/" + model).body();
  }

  @Test
  void aTouchedTimestampFileSwapsInTheNewVersion() throws IOException {
    PublishedModel model = model("hp");
    model.publish(Models.halfPlus(2));
    try (LoopbackClient client = new LoopbackClient(start(serving(true)).port())) {
      awaitReady(client);
      awaitAnswer(client, "hp", outputs("3.0"));
      model.publish(Models.halfPlus(3));
      awaitAnswer(client, "hp", outputs("4.0"));
      assertThat(client.post("/v1/models/hp:predict", TWO).version()).isEqualTo(2);
      assertThat(status(client, "hp"))
          .contains("\"version\":\"2\",\"state\":\"AVAILABLE\"")
          .contains("\"version\":\"1\",\"state\":\"END\"");
    }
  }

  @Test
  void aChangeWithoutATouchIsNotServed() throws IOException {
    Path plain = Files.createDirectory(folder.resolve("plain"));
    Models.write(Models.halfPlus(2), plain.resolve("model.onnx"));
    Files.writeString(plain.resolve("fluid_time_file"), "1");
    folders.put(new ModelName("plain"), new ModelFolder(plain, "fluid_time_file"));
    try (LoopbackClient client = new LoopbackClient(start(serving(true)).port())) {
      awaitReady(client);
      Models.write(Models.halfPlus(3), plain.resolve("model.onnx"));
      // Thirty looks later nothing has moved, then the touch moves it.
      await().pollDelay(INTERVAL.multipliedBy(30)).until(() -> true);
      assertThat(client.post("/v1/models/plain:predict", TWO).body()).isEqualTo(outputs("3.0"));
      Files.writeString(plain.resolve("fluid_time_file"), "2");
      awaitAnswer(client, "plain", outputs("4.0"));
    }
  }

  @Test
  void aModelThatIsDeliveredLateMakesTheServerReady() throws IOException {
    PublishedModel model = model("late");
    try (LoopbackClient client = new LoopbackClient(start(serving(true)).port())) {
      LoopbackClient.Answer before = client.get("/readyz");
      assertThat(before.status()).isEqualTo(503);
      assertThat(before.body()).contains("late");
      assertThat(client.get("/livez").status()).isEqualTo(200);
      model.publish(Models.halfPlus(2));
      awaitReady(client);
      awaitAnswer(client, "late", outputs("3.0"));
    }
  }

  @Test
  void aFolderThatDisappearsKeepsBeingServed() throws IOException {
    PublishedModel model = model("hp");
    model.publish(Models.halfPlus(2));
    try (LoopbackClient client = new LoopbackClient(start(serving(true)).port())) {
      awaitReady(client);
      Files.delete(model.path());
      await().pollDelay(INTERVAL.multipliedBy(10)).until(() -> true);
      assertThat(client.post("/v1/models/hp:predict", TWO).body()).isEqualTo(outputs("3.0"));
      assertThat(client.get("/readyz").status()).isEqualTo(200);
    }
  }

  @Test
  void numberedFoldersAreServedNewestFirstAndWithoutATouch() throws IOException {
    Path base = Files.createDirectory(folder.resolve("base"));
    Models.write(Models.halfPlus(2), base.resolve("1/model.onnx"));
    Models.write(Models.halfPlus(3), base.resolve("2/model.onnx"));
    folders.put(new ModelName("base"), new ModelFolder(base, "fluid_time_file"));
    try (LoopbackClient client = new LoopbackClient(start(serving(true)).port())) {
      awaitReady(client);
      awaitAnswer(client, "base", outputs("4.0"));
      Models.write(Models.halfPlus(4), base.resolve("10/model.onnx"));
      awaitAnswer(client, "base", outputs("5.0"));
      assertThat(client.post("/v1/models/base/versions/10:predict", TWO).status()).isEqualTo(200);
      assertThat(client.post("/v1/models/base/versions/2:predict", TWO).status()).isEqualTo(404);
    }
  }

  @Test
  void aVersionWhoseSignatureBreaksClientsIsRefused() throws IOException {
    PublishedModel model = model("hp");
    model.publish(Models.halfPlus(2));
    try (LoopbackClient client = new LoopbackClient(start(serving(true)).port())) {
      awaitReady(client);
      model.publish(Models.echo(List.of(ElementType.FLOAT)));
      await().atMost(PATIENCE).until(() -> status(client, "hp").contains("would break clients"));
      assertThat(client.post("/v1/models/hp:predict", TWO).body()).isEqualTo(outputs("3.0"));
    }
  }

  @Test
  void a14CorruptVersionIsRefusedAndAGoodOneThenLoads() throws IOException {
    PublishedModel model = model("hp");
    model.publish(Models.halfPlus(2));
    try (LoopbackClient client = new LoopbackClient(start(serving(true)).port())) {
      awaitReady(client);
      model.publish(Models.corrupt());
      await()
          .atMost(PATIENCE)
          .until(
              () ->
                  status(client, "hp")
                      .contains(
                          "\"version\":\"2\",\"state\":\"END\",\"status\":{\"error_code\":"
                              + "\"DATA_LOSS\""));
      assertThat(status(client, "hp")).doesNotContain(folder.toString());
      assertThat(client.post("/v1/models/hp:predict", TWO).body()).isEqualTo(outputs("3.0"));
      // It is tried again, with growing pauses, for as long as it lies there.
      await()
          .atMost(PATIENCE)
          .until(
              () ->
                  metric(client, "mlserve_model_reloads_total{model=\"hp\",result=\"error\",}")
                      >= 2);
      model.publish(Models.halfPlus(4));
      awaitAnswer(client, "hp", outputs("5.0"));
    }
  }

  @Test
  void a17ReadOnlyModelFolderIsServed() throws IOException {
    PublishedModel model = model("hp");
    model.publish(Models.halfPlus(2));
    Path real = model.path().toRealPath();
    Files.setPosixFilePermissions(real, PosixFilePermissions.fromString("r-xr-xr-x"));
    try (LoopbackClient client = new LoopbackClient(start(serving(true)).port())) {
      awaitReady(client);
      awaitAnswer(client, "hp", outputs("3.0"));
      try (var files = Files.list(real)) {
        assertThat(files.map(file -> file.getFileName().toString()))
            .containsExactlyInAnyOrder("model.onnx", "fluid_time_file");
      }
    } finally {
      Files.setPosixFilePermissions(real, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
  }

  @Test
  void a18ReloadTriggerNoneNeverReloads() throws IOException {
    PublishedModel model = model("hp");
    model.publish(Models.halfPlus(2));
    try (LoopbackClient client = new LoopbackClient(start(serving(false)).port())) {
      awaitReady(client);
      model.publish(Models.halfPlus(3));
      await().pollDelay(INTERVAL.multipliedBy(20)).until(() -> true);
      assertThat(client.post("/v1/models/hp:predict", TWO).body()).isEqualTo(outputs("3.0"));
    }
  }

  @Test
  void a19OneBrokenModelDoesNotHoldUpTheOthers() throws IOException {
    PublishedModel one = model("one");
    PublishedModel two = model("two");
    PublishedModel three = model("three");
    for (PublishedModel model : List.of(one, two, three)) {
      model.publish(Models.halfPlus(2));
    }
    try (LoopbackClient client = new LoopbackClient(start(serving(true)).port())) {
      awaitReady(client);
      one.publish(Models.corrupt());
      two.publish(Models.halfPlus(3));
      three.publish(Models.halfPlus(3));
      awaitAnswer(client, "two", outputs("4.0"));
      awaitAnswer(client, "three", outputs("4.0"));
      await().atMost(PATIENCE).until(() -> status(client, "one").contains("DATA_LOSS"));
      assertThat(client.post("/v1/models/one:predict", TWO).body()).isEqualTo(outputs("3.0"));
      assertThat(client.get("/readyz").status()).isEqualTo(200);
    }
  }

  @Test
  void a20SlowRequestKeepsItsVersionThroughTwoReloads() throws Exception {
    PublishedModel model = model("slow");
    model.publish(Models.slow());
    try (LoopbackClient client = new LoopbackClient(start(serving(true)).port());
        LoopbackClient slow = new LoopbackClient(start().port())) {
      awaitReady(client);
      long start = System.nanoTime();
      CompletableFuture<LoopbackClient.Answer> answer =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return slow.post("/v1/models/slow:predict", "{\"inputs\": [" + SLOW + "]}");
                } catch (IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              });
      await()
          .atMost(PATIENCE)
          .until(
              () ->
                  metric(client, "mlserve_inflight_requests{model=\"slow\",version=\"1\",}") == 1);
      for (int version = 2; version <= 3; version++) {
        model.publish(Models.halfPlus(version));
        awaitAnswer(client, "slow", outputs(version + 1 + ".0"));
      }
      assertThat(answer).isNotDone();
      assertThat(status(client, "slow")).contains("\"version\":\"1\",\"state\":\"UNLOADING\"");
      assertThat(metric(client, "mlserve_model_versions_closed_total{model=\"slow\",}"))
          .isEqualTo(1); // version 2, which nobody held
      LoopbackClient.Answer late = answer.get(120, TimeUnit.SECONDS);
      System.out.printf(
          "a request of %.1f s kept its version through two reloads%n",
          (System.nanoTime() - start) / 1e9);
      assertThat(late.status()).isEqualTo(200);
      assertThat(late.version()).isEqualTo(1);
      assertThat(late.body()).isEqualTo(outputs(SLOW));
      await()
          .atMost(PATIENCE)
          .until(() -> metric(client, "mlserve_model_versions_closed_total{model=\"slow\",}") == 2);
      assertThat(status(client, "slow")).contains("\"version\":\"1\",\"state\":\"END\"");
    }
  }

  private ModelServer start() {
    return server == null ? start(serving(true)) : server;
  }

  private static double metric(LoopbackClient client, String series) throws IOException {
    return client
        .get("/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith(series + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(series.length() + 1)))
        .findFirst()
        .orElse(-1);
  }
}
