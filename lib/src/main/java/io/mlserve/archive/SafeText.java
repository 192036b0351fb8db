package io.mlserve.archive;

import java.nio.file.Path;

/**
 * Text that comes from an archive, made safe to print: what could move a cursor, set a title or
 * turn the direction of writing is shown as an escape.
 */
public final class SafeText {
  private static final int LONGEST = 200;

  private SafeText() {}

  /** The text in full with every such character written as a {@code \}{@code uXXXX} escape. */
  public static String of(String text) {
    StringBuilder safe = new StringBuilder(text.length());
    text.codePoints().forEach(c -> append(safe, c));
    return safe.toString();
  }

  /** The same in single quotes, shortened in the middle when it is long. */
  static String quote(String text) {
    String safe = of(text);
    if (safe.length() > LONGEST) {
      int half = LONGEST / 2;
      safe = safe.substring(0, half) + "..." + safe.substring(safe.length() - half);
    }
    return "'" + safe + "'";
  }

  static String quote(Path path) {
    return quote(path.toString());
  }

  private static void append(StringBuilder safe, int c) {
    if (!isDeceptive(c)) {
      safe.appendCodePoint(c);
    } else if (c > 0xffff) {
      safe.append(String.format("\\U%08x", c));
    } else {
      safe.append(String.format("\\u%04x", c));
    }
  }

  /**
   * Whether {@code c} can make a line of text look like what it is not: controls, line and
   * paragraph separators, direction marks, the byte order mark, the replacement character that
   * stands for invalid bytes, halves of surrogate pairs and code points that are no characters.
   */
  static boolean isDeceptive(int c) {
    return Character.isISOControl(c)
        || c == 0x2028
        || c == 0x2029
        || c == 0x061c
        || c == 0x200e
        || c == 0x200f
        || (c >= 0x202a && c <= 0x202e)
        || (c >= 0x2066 && c <= 0x2069)
        || c == 0xfeff
        || c == 0xfffd
        || (c >= 0xd800 && c <= 0xdfff)
        || (c >= 0xfdd0 && c <= 0xfdef)
        || (c & 0xfffe) == 0xfffe;
  }
}
