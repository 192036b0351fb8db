package io.mlserve.protocol.json;

/**
 * Strings that can be written as UTF-8. Java's, and JSON's by their escapes, can hold half a
 * surrogate pair, which is no character and has no UTF-8 form.
 */
public final class UnicodeText {
  private UnicodeText() {}

  /** Whether every surrogate in {@code text} has its other half. */
  public static boolean isWhole(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        if (!isPair(text, i)) {
          return false;
        }
        i++;
      }
    }
    return true;
  }

  /** {@code text} with U+FFFD for each half. */
  public static String repaired(String text) {
    if (isWhole(text)) {
      return text;
    }
    StringBuilder whole = new StringBuilder(text);
    for (int i = 0; i < whole.length(); i++) {
      if (Character.isSurrogate(whole.charAt(i))) {
        if (isPair(whole, i)) {
          i++;
        } else {
          whole.setCharAt(i, '\uFFFD');
        }
      }
    }
    return whole.toString();
  }

  private static boolean isPair(CharSequence text, int at) {
    return at + 1 < text.length()
        && Character.isSurrogatePair(text.charAt(at), text.charAt(at + 1));
  }
}
