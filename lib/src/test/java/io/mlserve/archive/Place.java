package io.mlserve.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A folder on disk with a canary in it, an archive beside it, and an absent target. Every refusal
 * is asserted together with its three promises: nothing is published, nothing is left, and nothing
 * else was touched.
 */
final class Place {
  private static final UnpackLimits LIMITS = UnpackLimits.DEFAULTS;

  private final Path root;
  private final Path work;

  Place(Path root) {
    this.root = root;
    this.work = root.resolve("a/b/work");
    try {
      Files.createDirectories(work);
      Files.writeString(root.resolve("canary"), "untouched");
      Files.writeString(root.resolve("a/canary"), "untouched");
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  Path target() {
    return work.resolve("out");
  }

  Path archive(byte[] bytes) {
    try {
      return Files.write(root.resolve("archive"), bytes);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  UnpackResult unpack(byte[] archive) {
    return new Unpacker(LIMITS).unpack(archive(archive), target(), UnpackOptions.DEFAULTS);
  }

  /** Asserts that {@code archive} is unsafe or damaged, as a file and as a stream. */
  String refused(byte[] archive) {
    return refused(archive, ErrorCode.DATA_LOSS, LIMITS);
  }

  /** Asserts that {@code archive} exceeds a limit, as a file and as a stream. */
  String limited(byte[] archive, UnpackLimits limits) {
    return refused(archive, ErrorCode.RESOURCE_EXHAUSTED, limits);
  }

  String refused(byte[] archive, ErrorCode code, UnpackLimits limits) {
    Path file = archive(archive);
    Map<String, String> before = snapshot(root);
    Unpacker unpacker = new Unpacker(limits);
    MlserveException failure =
        catchThrowableOfType(
            MlserveException.class, () -> unpacker.unpack(file, target(), UnpackOptions.DEFAULTS));
    check(failure, code, before);
    MlserveException again =
        catchThrowableOfType(
            MlserveException.class,
            () ->
                unpacker.unpack(
                    new ByteArrayInputStream(archive),
                    file.toString(),
                    target(),
                    UnpackOptions.DEFAULTS));
    check(again, code, before);
    assertThat(again.message()).isEqualTo(failure.message());
    return failure.message();
  }

  String limited(InputStream archive, UnpackLimits limits) {
    Map<String, String> before = snapshot(root);
    MlserveException failure =
        catchThrowableOfType(
            MlserveException.class,
            () -> new Unpacker(limits).unpack(archive, "stream", target(), UnpackOptions.DEFAULTS));
    check(failure, ErrorCode.RESOURCE_EXHAUSTED, before);
    return failure.message();
  }

  private void check(MlserveException failure, ErrorCode code, Map<String, String> before) {
    assertThat(failure).as("the archive was accepted").isNotNull();
    assertThat(failure.code()).as(failure.message()).isEqualTo(code);
    assertThat(failure.message().codePoints().filter(SafeText::isDeceptive)).isEmpty();
    assertThat(snapshot(root)).isEqualTo(before);
  }

  /** Every path below {@code root} with its content, a folder's being {@code /}. */
  static Map<String, String> snapshot(Path root) {
    try (Stream<Path> all = Files.walk(root)) {
      Map<String, String> found = new TreeMap<>();
      for (Path path : all.toList()) {
        found.put(root.relativize(path).toString(), content(path));
      }
      return found;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String content(Path path) throws IOException {
    if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      return "/";
    }
    return Files.isSymbolicLink(path)
        ? "-> " + Files.readSymbolicLink(path)
        : Files.readString(path, StandardCharsets.ISO_8859_1);
  }

  /** Asserts that the target holds exactly {@code files}. */
  void holds(Map<String, byte[]> files) {
    Map<String, String> found = snapshot(target());
    found.values().removeIf(content -> content.equals("/"));
    Map<String, String> wanted = new TreeMap<>();
    files.forEach(
        (name, bytes) -> wanted.put(name, new String(bytes, StandardCharsets.ISO_8859_1)));
    assertThat(found).isEqualTo(wanted);
  }
}
