package io.mlserve.cli;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** {@code mlserve serve} in this process with one model, to be asked by {@code mlserve bench}. */
final class BenchSubject implements AutoCloseable {
  static final String MODEL = "m";

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Thread thread;
  private final int http;
  private final int grpc;

  /** What a command came to. */
  record Run(int status, String out, String err) {
    String lastLine() {
      List<String> lines = out.lines().toList();
      return lines.isEmpty() ? "" : lines.get(lines.size() - 1);
    }
  }

  private BenchSubject(Thread thread, int http, int grpc) {
    this.thread = thread;
    this.http = http;
    this.grpc = grpc;
  }

  /**
   * Starts on free ports and returns when it listens, which is before the model is loaded.
   *
   * @param folder for files that say the ports
   * @param model a folder with version folders
   */
  static BenchSubject serve(Path folder, Path model, String... options) throws IOException {
    Path http = folder.resolve("http.port");
    Path grpc = folder.resolve("grpc.port");
    List<String> line =
        new ArrayList<>(
            List.of(
                "serve",
                "--model=" + MODEL + "=" + model,
                "--host=127.0.0.1",
                "--port=0",
                "--port-file=" + http,
                "--grpc-port=0",
                "--grpc-port-file=" + grpc));
    line.addAll(List.of(options));
    List<Run> ended = new CopyOnWriteArrayList<>();
    Thread thread = new Thread(() -> ended.add(run(line.toArray(String[]::new))), "bench-subject");
    thread.start();
    await()
        .atMost(PATIENCE)
        .until(() -> !ended.isEmpty() || (Files.exists(http) && Files.exists(grpc)));
    if (!ended.isEmpty()) {
      throw new IllegalStateException(ended.toString());
    }
    return new BenchSubject(thread, port(http), port(grpc));
  }

  /** Returns when the model can be asked. Not for TLS. */
  void awaitModel() {
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              URL ready = URI.create("http://127.0.0.1:" + http + "/readyz").toURL();
              return ((HttpURLConnection) ready.openConnection()).getResponseCode() == 200;
            });
  }

  int http() {
    return http;
  }

  int grpc() {
    return grpc;
  }

  /** The address of the server for that API. */
  String target(String api) {
    return api.endsWith("grpc") ? "grpc://127.0.0.1:" + grpc : "http://127.0.0.1:" + http;
  }

  /** Puts load on the model by that API. */
  Run bench(String api, String... options) {
    List<String> line =
        new ArrayList<>(
            List.of("bench", target(api), "-m", MODEL, "--api", api, "--warmup", "0", "--quiet"));
    line.addAll(List.of(options));
    return run(line.toArray(String[]::new));
  }

  static Run run(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int status = Main.run(new PrintWriter(out, true), new PrintWriter(err, true), arguments);
    return new Run(status, out.toString(), err.toString());
  }

  @Override
  public void close() {
    thread.interrupt();
    try {
      thread.join(10_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static int port(Path file) throws IOException {
    return Integer.parseInt(Files.readString(file).strip());
  }
}
