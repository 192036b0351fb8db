package io.mlserve.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mlserve.fixtures.net.LoopbackClient;
import io.mlserve.fixtures.onnx.Models;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code mlserve metrics report} and {@code retire} against {@code mlserve serve}. */
@Timeout(120)
class RetirementTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String ROW = "{\"instances\": [1.0]}";

  @TempDir private Path dir;
  private final List<Server> servers = new ArrayList<>();

  private record Run(int status, String out, String err) {}

  /** A server with versions 1 and 2 of the model hp, on a thread of this JVM. */
  private final class Server {
    private final Thread thread;
    private final LoopbackClient data;
    private final String admin;

    Server(String name) throws IOException {
      Path home = Files.createDirectories(dir.resolve(name));
      for (int version = 1; version <= 2; version++) {
        Path folder = Files.createDirectories(home.resolve("hp/" + version));
        Models.write(Models.halfPlus(2), folder.resolve("model.onnx"));
      }
      Path config =
          Files.writeString(
              home.resolve("models.yaml"),
              "models:\n  - name: hp\n    path: " + home.resolve("hp") + "\n    versions: all\n");
      Path port = home.resolve("port");
      Path adminPort = home.resolve("admin-port");
      thread =
          new Thread(
              () ->
                  run(
                      "serve",
                      "--config",
                      config.toString(),
                      "--host",
                      "127.0.0.1",
                      "--port",
                      "0",
                      "--port-file",
                      port.toString(),
                      "--admin-port-file",
                      adminPort.toString(),
                      "--state-dir",
                      home.resolve("state").toString()),
              name);
      thread.start();
      await().atMost(PATIENCE).until(() -> Files.exists(port) && Files.exists(adminPort));
      data = new LoopbackClient(Integer.parseInt(Files.readString(port).strip()));
      admin = "http://127.0.0.1:" + Files.readString(adminPort).strip();
      await().atMost(PATIENCE).until(() -> data.get("/readyz").status() == 200);
      servers.add(this);
    }

    int predict(int version, String body) throws IOException {
      return data.post("/v1/models/hp/versions/" + version + ":predict", body).status();
    }

    void stop() throws IOException, InterruptedException {
      data.close();
      thread.interrupt();
      thread.join(20_000);
    }
  }

  @AfterEach
  void stop() throws IOException, InterruptedException {
    for (Server server : servers) {
      server.stop();
    }
  }

  @Test
  void b4CallsThatAllFailAreUse() throws IOException {
    Server server = new Server("a");
    for (int i = 0; i < 4; i++) {
      assertThat(server.predict(1, "{\"inputs\": {\"wrong\": [1.0]}}")).isEqualTo(400);
    }

    Run report = run("metrics", "report", "hp", "1", "--servers", server.admin);
    Run retire =
        run("metrics", "retire", "hp", "1", "--target", server.admin, "--idle", "1h", "-q");

    assertThat(report.out()).contains("IN USE").contains("4 requests in 24 h");
    assertThat(report.status()).isEqualTo(10);
    assertThat(retire.out()).contains("IN USE").contains("4 requests in 1 h");
    assertThat(retire.status()).isEqualTo(10);
    assertThat(server.predict(1, ROW)).isEqualTo(200);
  }

  @Test
  void b5IdleVersionGoesAndUsedOneStays() throws IOException {
    Server server = new Server("a");
    assertThat(server.predict(1, ROW)).isEqualTo(200);
    String[] idleForTwoSeconds = {
      "metrics", "retire", "hp", "1", "--servers", server.admin, "--idle", "2s"
    };

    Run early = run(idleForTwoSeconds);
    assertThat(early.status()).isEqualTo(10);
    assertThat(early.err()).contains("hp 1 stays");

    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              server.predict(2, ROW);
              Run report =
                  run("metrics", "report", "hp", "1", "--servers", server.admin, "--window", "2s");
              assertThat(report.status()).isZero();
            });
    Run dry = run(with(idleForTwoSeconds, "--dry-run"));
    assertThat(dry.err()).contains("would retire hp 1");
    assertThat(server.predict(2, ROW)).isEqualTo(200);

    Run retired = run(idleForTwoSeconds);
    assertThat(retired.status()).as(retired.out() + retired.err()).isZero();
    assertThat(retired.err()).contains("retired at " + server.admin);
    LoopbackClient.Answer gone = server.data.post("/v1/models/hp/versions/1:predict", ROW);
    assertThat(gone.status()).isEqualTo(404);
    assertThat(gone.body()).contains("2");

    Run used = run("metrics", "retire", "hp", "2", "--servers", server.admin, "--idle", "1h");
    assertThat(used.status()).isEqualTo(10);
    assertThat(server.predict(2, ROW)).isEqualTo(200);
  }

  @Test
  void b8UsedAtOneServerOnlyIsUnsafeAndUnknownOnceThatIsGone()
      throws IOException, InterruptedException {
    Server idle = new Server("a");
    Server used = new Server("b");
    assertThat(used.predict(1, ROW)).isEqualTo(200);
    String[] retire = {
      "metrics", "retire", "hp", "1", "--target", idle.admin + "," + used.admin, "--idle", "1h"
    };

    Run both = run(retire);
    assertThat(both.out()).contains("IN USE");
    assertThat(both.status()).isEqualTo(10);

    used.stop();
    Run one = run(retire);
    assertThat(one.out()).contains("UNKNOWN");
    assertThat(one.status()).isEqualTo(12);
    assertThat(idle.predict(1, ROW)).isEqualTo(200);
  }

  @Test
  void requestDuringTheGraceBringsAVersionBackEverywhere() throws Exception {
    Server first = new Server("a");
    Server second = new Server("b");
    String servers = first.admin + "," + second.admin;
    untilIdle(servers);
    CompletableFuture<Run> retire =
        CompletableFuture.supplyAsync(
            () ->
                run(
                    "metrics",
                    "retire",
                    "hp",
                    "1",
                    "--servers",
                    servers,
                    "--idle",
                    "1s",
                    "--grace",
                    "60s"));
    await().atMost(PATIENCE).until(() -> second.predict(1, ROW) == 404);

    Run run = retire.get(60, TimeUnit.SECONDS);

    assertThat(run.status()).isEqualTo(10);
    assertThat(run.err()).contains("watching for 60 s", "somebody asks for it: it comes back");
    assertThat(first.predict(1, ROW)).isEqualTo(200);
    assertThat(second.predict(1, ROW)).isEqualTo(200);
  }

  @Test
  void deleteTakesTheFolderAwayOnceNobodyAskedDuringTheGrace() throws IOException {
    Server server = new Server("a");
    Path folder = dir.resolve("a/hp/1");
    String[] line = {
      "metrics",
      "retire",
      "hp",
      "1",
      "--servers",
      server.admin,
      "--idle",
      "1s",
      "--grace",
      "1s",
      "--delete"
    };
    assertThat(run(line).status()).isEqualTo(2);
    untilIdle(server.admin);
    Run dry = run(with(with(line, "--yes"), "--dry-run"));
    assertThat(dry.err()).contains("would delete " + folder.toRealPath());
    assertThat(folder).exists();

    Run run = run(with(line, "--yes"));

    assertThat(run.status()).as(run.err()).isZero();
    assertThat(run.err()).contains("retired at " + server.admin, "deleted ");
    assertThat(folder).doesNotExist();
    assertThat(dir.resolve("a/hp/2")).exists();
    assertThat(server.predict(1, ROW)).isEqualTo(404);
  }

  @Test
  void serversAreFoundByTheirName() throws IOException {
    Server server = new Server("a");
    String port = server.admin.substring(server.admin.lastIndexOf(':') + 1);
    assertThat(server.predict(1, ROW)).isEqualTo(200);

    Run found = run("metrics", "report", "hp", "1", "--discover", "dns:127.0.0.1:" + port);
    assertThat(found.out()).contains("IN USE");
    assertThat(found.status()).isEqualTo(10);
    assertThat(run("metrics", "report", "--discover", "dns:nobody.invalid:" + port).status())
        .isEqualTo(5);
    assertThat(run("metrics", "report", "--discover", "nobody").status()).isEqualTo(2);
    assertThat(run("metrics", "retire", "hp", "1").status()).isEqualTo(2);
  }

  private static void untilIdle(String servers) {
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                run("metrics", "report", "hp", "1", "--servers", servers, "--window", "1s").status()
                    == 0);
  }

  @Test
  void historyOutlivesTheServerAndAGapIsAGap() throws IOException, InterruptedException {
    Server first = new Server("a");
    assertThat(first.predict(1, ROW)).isEqualTo(200);
    first.stop();
    Files.delete(dir.resolve("a/port"));
    Files.delete(dir.resolve("a/admin-port"));
    Server second = new Server("a");

    Run report = run("metrics", "report", "hp", "1", "--servers", second.admin);

    assertThat(report.out()).contains("IN USE").contains("a request in 24 h");
    assertThat(report.status()).isEqualTo(10);
    assertThat(run("metrics", "report", "hp", "2", "--servers", second.admin).status())
        .isIn(12, 10); // it is young, and the default
  }

  @Test
  void versionThatNoServerKnowsIsNotFound() throws IOException {
    Server server = new Server("a");

    assertThat(run("metrics", "retire", "hp", "9", "--servers", server.admin).status())
        .isEqualTo(6);
  }

  private static String[] with(String[] line, String option) {
    List<String> all = new ArrayList<>(List.of(line));
    all.add(option);
    return all.toArray(new String[0]);
  }

  private static Run run(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int status = Main.run(new PrintWriter(out, true), new PrintWriter(err, true), arguments);
    return new Run(status, out.toString(), err.toString());
  }
}
