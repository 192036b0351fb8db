package io.mlserve.store;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.Optional;

/** The file whose change means "a new version of this model is complete". */
public final class TimestampFile {
  /** The name that Paddle Serving gave it. */
  public static final String DEFAULT_NAME = "fluid_time_file";

  private static final int CONTENT_LIMIT = 1024;
  private static final int LOOKS = 10;

  private final Path file;

  public TimestampFile(Path file) {
    this.file = file;
  }

  public Path path() {
    return file;
  }

  /**
   * What there is to see of it now, or empty if there is no such file. {@code UNAVAILABLE} when
   * that cannot be found out.
   */
  public Optional<Stamp> read() {
    try {
      // The file may be replaced between two looks at it: facts and content must be of one file.
      for (int i = 0; i < LOOKS; i++) {
        BasicFileAttributes facts = facts();
        Stamp stamp = stamp(facts, content());
        if (stamp.equals(stamp(facts(), stamp.content()))) {
          return Optional.of(stamp);
        }
      }
      throw new MlserveException(
          ErrorCode.UNAVAILABLE, "timestamp file " + file + " changes without a pause");
    } catch (NoSuchFileException | NotDirectoryException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new MlserveException(
          ErrorCode.UNAVAILABLE, "cannot read timestamp file " + file + ": " + e.getMessage(), e);
    }
  }

  private BasicFileAttributes facts() throws IOException {
    return Files.readAttributes(file, BasicFileAttributes.class);
  }

  private static Stamp stamp(BasicFileAttributes facts, String content) {
    return new Stamp(
        facts.lastModifiedTime().toInstant(),
        Objects.toString(facts.fileKey(), ""),
        facts.size(),
        content);
  }

  private String content() throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return new String(in.readNBytes(CONTENT_LIMIT), StandardCharsets.ISO_8859_1);
    }
  }
}
