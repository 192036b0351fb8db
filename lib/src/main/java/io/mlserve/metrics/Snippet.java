package io.mlserve.metrics;

import java.nio.charset.StandardCharsets;

/** Text that is written often, as the bytes of it. Immutable. */
final class Snippet {
  static final Snippet NONE = new Snippet("");

  private final byte[] bytes;

  Snippet(String text) {
    this.bytes = text.getBytes(StandardCharsets.UTF_8);
  }

  /** One label as it is written, which is {@code name="value"}. */
  static String label(String name, String value) {
    String escaped = value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    return name + "=\"" + escaped + "\"";
  }

  int length() {
    return bytes.length;
  }

  /** Copies it to where {@code at} says, where there must be room; returns where it ends there. */
  int copyTo(byte[] to, int at) {
    System.arraycopy(bytes, 0, to, at, bytes.length);
    return at + bytes.length;
  }
}
