package io.mlserve.cli;

import io.mlserve.commands.CommandLines;
import io.mlserve.runtime.NativeLibraries;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import picocli.CommandLine;

/**
 * What the launcher runs to make a class data archive: the JVM records the classes that were used.
 * Every command line here ends by itself, touches no file of the user and needs no network but
 * loopback.
 */
final class Training {
  private static final int BLOCK = 512;
  private static final int MOST_WAITS = 1000; // of 20 ms
  private static final String OIP_REQUEST =
      "{\"inputs\": [{\"name\": \"x\", \"shape\": [1], \"datatype\": \"FP32\", \"data\": [1]}]}";

  private final PrintWriter nowhere =
      new PrintWriter(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);

  private Training() {}

  /** Returns the exit status: 0 if an archive is worth keeping. */
  static int run() throws IOException {
    return new Training().runAll();
  }

  private int runAll() throws IOException {
    run("--version");
    run("no-such-command");
    CommandLine model = CommandLines.create(nowhere, nowhere);
    for (String command : model.getSubcommands().keySet()) {
      run(command, "--help");
      run(command, "--no-such-option");
    }
    Path folder = Files.createTempDirectory("mlserve-training");
    try {
      deliver(folder);
      serve(folder);
      unpackNatives();
    } finally {
      remove(folder);
    }
    return run("--help");
  }

  private int run(String... arguments) {
    return Main.run(nowhere, nowhere, arguments);
  }

  private void deliver(Path folder) throws IOException {
    Path archive = folder.resolve("model.tar.gz");
    writeArchive(archive);
    run("unpack", "--list", archive.toString());
    run("unpack", archive.toString(), "-C", folder.resolve("unpacked").toString());
    run("pull", archive.toUri().toString(), folder.resolve("pulled.tar.gz").toString());
  }

  // A server on loopback that answers a few requests and is told to end, as a real one is.
  private void serve(Path folder) throws IOException {
    Path model = folder.resolve("served/model.onnx");
    Files.createDirectories(folder.resolve("served"));
    try (InputStream in = Training.class.getResourceAsStream("training.onnx")) {
      Files.copy(Objects.requireNonNull(in), model);
    }
    Path port = folder.resolve("port");
    CompletableFuture<Void> asked = CompletableFuture.runAsync(() -> ask(port));
    run(
        "serve",
        "--host",
        "127.0.0.1",
        "--port",
        "0",
        "--grpc-port",
        "0",
        "--admin-port",
        "0",
        "--port-file",
        port.toString(),
        "--model",
        "half=" + model);
    asked.join();
  }

  private static void ask(Path portFile) {
    try {
      for (int wait = 0; wait < MOST_WAITS && !Files.exists(portFile); wait++) {
        TimeUnit.MILLISECONDS.sleep(20);
      }
      int port = Integer.parseInt(Files.readString(portFile).trim());
      for (int wait = 0; wait < MOST_WAITS; wait++) {
        if (answer(port, "GET", "/readyz", "").startsWith("HTTP/1.1 200")) {
          break;
        }
        TimeUnit.MILLISECONDS.sleep(20);
      }
      answer(port, "POST", "/v1/models/half:predict", "{\"instances\": [1.0, 2.5]}");
      answer(port, "POST", "/v2/models/half/infer", OIP_REQUEST);
      answer(port, "GET", "/v1/models/half", "");
      answer(port, "GET", "/v2/models/half", "");
      answer(port, "GET", "/metrics", "");
    } catch (IOException | NumberFormatException e) {
      // an archive of less than all is better than none
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      terminate();
    }
  }

  // As whoever runs a server ends it.
  private static void terminate() {
    try {
      new ProcessBuilder("sh", "-c", "kill -TERM " + ProcessHandle.current().pid()).start();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // not where a launcher for sh runs
    }
  }

  private static String answer(int port, String method, String path, String body)
      throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      String request =
          "%s %s HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: %d\r\n\r\n%s"
              .formatted(method, path, body.length(), body);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  // Where the launcher wants ONNX Runtime's native part, if it does.
  private static void unpackNatives() throws IOException {
    String folder = System.getProperty("mlserve.training.natives");
    if (folder != null) {
      NativeLibraries.unpack(Path.of(folder));
    }
  }

  // A tar archive is blocks of 512 bytes: a header and the content of each file, then two empty.
  private static void writeArchive(Path archive) throws IOException {
    byte[] tar = new byte[4 * BLOCK];
    write(tar, 0, "model.onnx");
    write(tar, 100, "0000644");
    write(tar, 124, "00000000001");
    write(tar, 136, "00000000000");
    write(tar, 148, "        "); // counts as blanks in its own sum
    write(tar, 156, "0");
    write(tar, 257, "ustar\00000");
    int sum = 0;
    for (int i = 0; i < BLOCK; i++) {
      sum += tar[i];
    }
    write(tar, 148, "%06o\0".formatted(sum));
    write(tar, BLOCK, "x");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(archive))) {
      out.write(tar);
    }
  }

  private static void write(byte[] block, int offset, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(bytes, 0, block, offset, bytes.length);
  }

  private static void remove(Path folder) throws IOException {
    List<Path> below;
    try (Stream<Path> files = Files.walk(folder)) {
      below = files.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : below) {
      Files.delete(path);
    }
  }
}
