package io.mlserve.remote;

/** What text of users and servers may not hold. */
final class Text {
  private Text() {}

  /**
   * Whether {@code text} has a character that ends a line of a protocol, moves a cursor or cannot
   * be written as UTF-8: control characters, line and paragraph separators, lone surrogates.
   */
  static boolean hasControls(String text) {
    return text.codePoints()
        .anyMatch(
            c ->
                Character.isISOControl(c)
                    || c == 0x2028
                    || c == 0x2029
                    || Character.getType(c) == Character.SURROGATE);
  }
}
