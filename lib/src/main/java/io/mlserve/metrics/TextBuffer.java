package io.mlserve.metrics;

import java.io.Writer;

/** Text that grows. Unlike a {@code StringWriter} it takes no lock for every character. */
final class TextBuffer extends Writer {
  private final StringBuilder text = new StringBuilder(1 << 16);

  @Override
  public void write(int c) {
    text.append((char) c);
  }

  @Override
  public void write(String part) {
    text.append(part);
  }

  @Override
  public void write(String part, int from, int length) {
    text.append(part, from, from + length);
  }

  @Override
  public void write(char[] part, int from, int length) {
    text.append(part, from, length);
  }

  @Override
  public void flush() {}

  @Override
  public void close() {}

  @Override
  public String toString() {
    return text.toString();
  }
}
