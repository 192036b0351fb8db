package io.mlserve.cli;

import io.mlserve.commands.CommandLines;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import picocli.CommandLine;

/**
 * What the launcher runs to make a class data archive: the JVM records the classes that were used.
 * Every command line here ends by itself, touches no file of the user and needs no network.
 */
final class Training {
  private static final int BLOCK = 512;

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
