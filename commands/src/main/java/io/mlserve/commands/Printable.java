package io.mlserve.commands;

/** Text of users and servers, made fit for one line of a terminal or a log. */
public final class Printable {
  private Printable() {}

  /** Line breaks and tabs become blanks, other control characters their escape. */
  public static String line(String text) {
    StringBuilder line = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            c -> {
              if (c == '\n' || c == '\r' || c == '\t') {
                line.append(' ');
              } else if (Character.isISOControl(c) || c == 0x2028 || c == 0x2029) {
                line.append(String.format("\\u%04x", c));
              } else {
                line.appendCodePoint(c);
              }
            });
    return line.toString().strip();
  }
}
