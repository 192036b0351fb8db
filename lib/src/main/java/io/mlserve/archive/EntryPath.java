package io.mlserve.archive;

import io.mlserve.error.MlserveException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * The path of an archive member after every check that needs nothing but its name: relative, below
 * the folder it is resolved against, and meaning the same on every file system on which a model may
 * ever be unpacked.
 *
 * <p>Refused are absolute paths, {@code ..}, {@code .} and empty segments, backslashes, drive
 * letters, control and direction characters, names that end with a dot or a space, names that
 * Windows reserves, names above 255 bytes and paths above 4095. A leading {@code ./}, which {@code
 * tar -C folder .} writes, is dropped. A colon inside a name is fine: exporters write {@code
 * onnx::MatMul_42}.
 */
public final class EntryPath {
  private static final int LONGEST_NAME = 255;
  private static final int LONGEST_PATH = 4095;
  private static final Set<String> RESERVED =
      Set.of("con", "prn", "aux", "nul", "conin$", "conout$", "clock$");

  private final List<String> segments;

  private EntryPath(List<String> segments) {
    this.segments = segments;
  }

  /** {@code DATA_LOSS} with the name and the reason if {@code name} is refused. */
  public static EntryPath parse(String name) {
    if (name.isEmpty()) {
      throw Refusal.unsafe(name, "has an empty name");
    }
    int bytes = name.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > LONGEST_PATH) {
      throw Refusal.unsafe(name, "has a path of " + bytes + " bytes (expected: at most 4095)");
    }
    checkCharacters(name);
    if (name.startsWith("/")) {
      throw Refusal.unsafe(name, "is an absolute path (expected: a relative one)");
    }
    String rest = name;
    while (rest.startsWith("./") && rest.length() > 2) {
      rest = rest.substring(2);
    }
    List<String> segments = List.of(rest.split("/", -1));
    for (String segment : segments) {
      checkSegment(name, segment);
    }
    return new EntryPath(segments);
  }

  /** The name that {@code bytes} spell in UTF-8; {@code DATA_LOSS} if they do not. */
  static String decode(byte[] bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw invalid(bytes);
    }
  }

  private static MlserveException invalid(byte[] bytes) {
    // Latin-1 shows each byte, and the quoting escapes what is not printable.
    String shown = new String(bytes, StandardCharsets.ISO_8859_1);
    return Refusal.unsafe(shown, "has a name that is not valid UTF-8");
  }

  private static void checkCharacters(String name) {
    name.codePoints()
        .filter(SafeText::isDeceptive)
        .findFirst()
        .ifPresent(
            c -> {
              throw Refusal.unsafe(
                  name, String.format("holds the control or direction character U+%04X", c));
            });
    if (name.indexOf('\\') >= 0) {
      throw Refusal.unsafe(name, "holds a backslash (expected: '/' between names)");
    }
  }

  private static void checkSegment(String name, String segment) {
    if (segment.isEmpty()) {
      throw Refusal.unsafe(name, "has an empty part between two '/'");
    }
    if (segment.equals("..")) {
      throw Refusal.unsafe(name, "climbs out with '..'");
    }
    if (segment.equals(".")) {
      throw Refusal.unsafe(name, "has a part '.' that names no file");
    }
    if (segment.endsWith(".") || segment.endsWith(" ")) {
      throw Refusal.unsafe(name, "has a part that ends with a dot or a space");
    }
    if (hasDriveLetter(segment)) {
      throw Refusal.unsafe(name, "has a part that starts with a drive letter");
    }
    if (isReserved(segment)) {
      throw Refusal.unsafe(name, "has a part that is a device name on Windows");
    }
    int bytes = segment.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > LONGEST_NAME) {
      throw Refusal.unsafe(name, "has a name of " + bytes + " bytes (expected: at most 255)");
    }
  }

  private static boolean hasDriveLetter(String segment) {
    return segment.length() >= 2
        && segment.charAt(1) == ':'
        && Character.isLetter(segment.charAt(0))
        && segment.charAt(0) < 0x80;
  }

  // Windows takes the name up to the first dot or colon, without trailing spaces, in any case.
  private static boolean isReserved(String segment) {
    String base = segment.split("[.:]", 2)[0].stripTrailing().toLowerCase(Locale.ROOT);
    return RESERVED.contains(base) || base.matches("(com|lpt)[0-9\u00b9\u00b2\u00b3]");
  }

  /** The names from the top down; never empty. */
  public List<String> segments() {
    return segments;
  }

  /** What is left without the first {@code count} segments; empty if that is nothing. */
  Optional<EntryPath> withoutFirst(int count) {
    return count >= segments.size() ? Optional.empty() : Optional.of(first(segments.size(), count));
  }

  /** The folder path of the first {@code count} segments, at least one. */
  EntryPath first(int count) {
    return first(count, 0);
  }

  private EntryPath first(int to, int from) {
    return new EntryPath(segments.subList(from, to));
  }

  /** Where it lies below {@code folder}. */
  public Path in(Path folder) {
    Path path = folder;
    for (String segment : segments) {
      path = path.resolve(segment);
    }
    return path;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof EntryPath path && segments.equals(path.segments);
  }

  @Override
  public int hashCode() {
    return segments.hashCode();
  }

  /** The segments with {@code /} between them. */
  @Override
  public String toString() {
    return String.join("/", segments);
  }
}
