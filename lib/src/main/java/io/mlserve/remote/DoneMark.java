package io.mlserve.remote;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What was seen of a donefile, the file whose change means "a new version of the model is
 * complete". Marks are equal when nothing about the file has moved; any difference, an older time
 * included, is a new publication.
 *
 * @param state what the source calls this state of the file, or empty
 * @param modified as exact as the source says it, or empty
 * @param size bytes that were read
 * @param content digest of those bytes: tells two publications apart that share a clock tick
 * @param archive the digest that the donefile gives for the model's archive, if it has a line as
 *     {@code sha256sum} prints it or {@code sha256=<hex>}
 */
public record DoneMark(
    Optional<String> state,
    Optional<Instant> modified,
    long size,
    Checksum content,
    Optional<Checksum> archive) {
  /** A donefile is a note, not a model. */
  public static final int BYTES_LIMIT = 1 << 20;

  private static final String KEY = "sha256=";

  /**
   * The mark of the donefile {@code path}, or empty if the source says that there is none. Fails if
   * the source cannot say; {@code RESOURCE_EXHAUSTED} when it is larger than a donefile can be.
   */
  public static Optional<DoneMark> read(ModelSource source, String path) {
    RemoteStream opened;
    try {
      opened = source.open(path, 0, Optional.empty());
    } catch (MlserveException e) {
      if (e.code() == ErrorCode.NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
    try (RemoteStream stream = opened) {
      byte[] bytes = stream.bytes().readNBytes(BYTES_LIMIT + 1);
      if (bytes.length > BYTES_LIMIT) {
        throw new MlserveException(
            ErrorCode.RESOURCE_EXHAUSTED,
            "donefile "
                + path
                + " of "
                + source
                + " (expected: at most "
                + BYTES_LIMIT
                + " bytes)");
      }
      if (stream.file().size().orElse(bytes.length) != bytes.length) {
        throw new MlserveException(
            ErrorCode.UNAVAILABLE, "donefile " + path + " of " + source + " ended early");
      }
      return Optional.of(of(stream.file(), bytes));
    } catch (IOException e) {
      throw source.failure(path, e);
    }
  }

  private static DoneMark of(RemoteEntry file, byte[] bytes) {
    return new DoneMark(
        file.validator().map(Validator::token),
        file.modified(),
        bytes.length,
        Checksum.of(bytes),
        archive(new String(bytes, StandardCharsets.UTF_8)));
  }

  private static Optional<Checksum> archive(String text) {
    return text.lines()
        .map(String::strip)
        .flatMap(line -> keyed(line).or(() -> Manifest.checksum(line)).stream())
        .findFirst();
  }

  private static Optional<Checksum> keyed(String line) {
    if (!line.startsWith(KEY)) {
      return Optional.empty();
    }
    try {
      return Optional.of(Checksum.parse(line));
    } catch (MlserveException e) {
      throw new MlserveException(ErrorCode.DATA_LOSS, "donefile: " + e.message(), e);
    }
  }

  /** One line that {@link #parse} reads back, for a file that survives a restart. */
  public String text() {
    return String.join(
        " ",
        content.hex(),
        Long.toString(size),
        modified.map(Instant::toString).orElse("-"),
        archive.map(Checksum::hex).orElse("-"),
        state.map(s -> "=" + PercentCoding.encode(s)).orElse("-"));
  }

  /** {@code DATA_LOSS} if {@code text} is not what {@link #text} gave. */
  public static DoneMark parse(String text) {
    String[] parts = text.strip().split(" ", -1);
    try {
      if (parts.length == 5) {
        return new DoneMark(
            given(parts[4]).map(s -> PercentCoding.decode(s.substring(1))),
            given(parts[2]).map(Instant::parse),
            Long.parseLong(parts[1]),
            Checksum.parse(parts[0]),
            given(parts[3]).map(Checksum::parse));
      }
    } catch (RuntimeException e) {
      throw new MlserveException(ErrorCode.DATA_LOSS, "'" + text + "' is no donefile mark", e);
    }
    throw new MlserveException(ErrorCode.DATA_LOSS, "'" + text + "' is no donefile mark");
  }

  private static Optional<String> given(String part) {
    return Stream.of(part).filter(p -> !p.equals("-")).findFirst();
  }
}
