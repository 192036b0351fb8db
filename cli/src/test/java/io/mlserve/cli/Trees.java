package io.mlserve.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Reads and writes the folders that monitors work on. */
final class Trees {
  private static final String TIMESTAMP = "fluid_time_file";

  private Trees() {}

  /**
   * The SHA-256 of each file below {@code folder} by its path, links below it not followed, the
   * timestamp file left out.
   */
  static Map<String, String> digests(Path folder) {
    Map<String, String> digests = new TreeMap<>();
    try {
      Path root = folder.toRealPath(); // one version, whatever the link says meanwhile
      try (Stream<Path> walk = Files.walk(root)) {
        for (Path file : (Iterable<Path>) walk::iterator) {
          String path = root.relativize(file).toString();
          if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) && !path.equals(TIMESTAMP)) {
            digests.put(path, sha256(Files.readAllBytes(file)));
          }
        }
      }
      return digests;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Puts {@code bytes} in the place of {@code file} at once, as careful producers do. */
  static void replace(Path file, byte[] bytes) {
    try {
      Path partial = file.resolveSibling(file.getFileName() + ".new");
      Files.write(partial, bytes);
      Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
