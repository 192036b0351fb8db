package io.mlserve.store;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One SHA-256 for a whole folder. It is the digest of the text that {@code sha256sum} prints for
 * the folder's files in the order of their relative paths, so a shell can compute it too:
 *
 * <pre>{@code
 * cd FOLDER && find . -type f ! -path ./fluid_time_file -printf '%P\0' | LC_ALL=C sort -z |
 *   xargs -0 sha256sum | sha256sum
 * }</pre>
 */
public final class ContentDigest {
  private static final int BUFFER = 1 << 16;

  private ContentDigest() {}

  /**
   * The digest, 64 hexadecimal digits, of the files in {@code folder} but for the file {@code
   * ignored} directly in it. {@code DATA_LOSS} if something in it is neither a file nor a folder.
   */
  public static String of(Path folder, String ignored) throws IOException {
    MessageDigest whole = sha256();
    Path root = folder.toRealPath();
    for (String path : paths(root)) {
      if (!path.equals(ignored)) {
        String line = ofFile(root.resolve(path)) + "  " + path + "\n";
        whole.update(line.getBytes(StandardCharsets.UTF_8));
      }
    }
    return HexFormat.of().formatHex(whole.digest());
  }

  /** The SHA-256 of one file, 64 hexadecimal digits. */
  public static String ofFile(Path file) throws IOException {
    MessageDigest digest = sha256();
    byte[] buffer = new byte[BUFFER];
    try (InputStream in = Files.newInputStream(file)) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        digest.update(buffer, 0, n);
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static List<String> paths(Path folder) throws IOException {
    try (Stream<Path> walk = Files.walk(folder)) {
      return walk.filter(path -> isFile(folder, path))
          .map(path -> folder.relativize(path).toString())
          .sorted(ContentDigest::compareBytes)
          .collect(Collectors.toList());
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static boolean isFile(Path root, Path path) {
    if (Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
      return true;
    }
    if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      throw new MlserveException(
          ErrorCode.DATA_LOSS,
          "model holds " + root.relativize(path) + " (expected: only files and folders)");
    }
    return false;
  }

  private static int compareBytes(String a, String b) {
    return Arrays.compareUnsigned(
        a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java has it
    }
  }
}
