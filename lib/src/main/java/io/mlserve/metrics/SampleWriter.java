package io.mlserve.metrics;

import io.prometheus.client.Collector;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;

/**
 * Writes samples in the text formats of Prometheus, in pieces and without an object for each: a
 * server of a thousand versions shows a hundred thousand of them. Not thread-safe.
 */
final class SampleWriter {
  private static final int PIECE = 1 << 16;
  private static final int NUMBER_ROOM = 32;
  private static final long EXACT = 1L << 53;

  private final OutputStream to;
  private final boolean openMetrics;
  private final Snippet end;
  private byte[] piece = new byte[PIECE];
  private int length;

  /**
   * @param openMetrics whether to write OpenMetrics 1.0 instead of the text format 0.0.4
   */
  SampleWriter(OutputStream to, boolean openMetrics) {
    this.to = to;
    this.openMetrics = openMetrics;
    this.end = new Snippet(openMetrics ? "} " : ",} ");
  }

  /** Begins a metric; all of its samples follow. */
  void family(String name, MetricType type, String help) throws IOException {
    boolean counter = openMetrics && type == MetricType.COUNTER;
    String family = counter ? name.substring(0, name.length() - "_total".length()) : name;
    String about = "# HELP " + family + " " + help + "\n";
    String kind = "# TYPE " + family + " " + type.label() + "\n";
    put(openMetrics ? kind + about : about + kind);
  }

  /**
   * Writes a sample that counts something.
   *
   * @param name with the brace that opens the labels
   * @param labels without comma at the end
   * @param more labels, which begin with a comma, or nothing
   */
  void sample(Snippet name, Snippet labels, Snippet more, long value) throws IOException {
    begin(name, labels, more);
    number(value);
    piece[length++] = '.'; // as all values are written in these formats
    piece[length++] = '0';
    piece[length++] = '\n';
  }

  /** Writes a sample of any value. */
  void sample(Snippet name, Snippet labels, Snippet more, double value) throws IOException {
    long whole = (long) value;
    if (whole == value && Math.abs(whole) < EXACT) {
      sample(name, labels, more, whole);
      return;
    }
    begin(name, labels, more);
    put(Collector.doubleToGoString(value) + "\n");
  }

  void sample(Snippet name, Snippet labels, double value) throws IOException {
    sample(name, labels, Snippet.NONE, value);
  }

  private void begin(Snippet name, Snippet labels, Snippet more) throws IOException {
    reserve(name.length() + labels.length() + more.length() + end.length() + NUMBER_ROOM);
    length = name.copyTo(piece, length);
    length = labels.copyTo(piece, length);
    length = more.copyTo(piece, length);
    length = end.copyTo(piece, length);
  }

  private void number(long value) {
    if (value < 0) {
      piece[length++] = '-';
    }
    int from = length;
    long rest = value;
    do {
      piece[length++] = (byte) ('0' + Math.abs(rest % 10));
      rest /= 10;
    } while (rest != 0);
    for (int left = from, right = length - 1; left < right; left++, right--) {
      byte digit = piece[left];
      piece[left] = piece[right];
      piece[right] = digit;
    }
  }

  /** Writes text as it is. */
  void put(String text) throws IOException {
    Snippet whole = new Snippet(text);
    reserve(whole.length());
    length = whole.copyTo(piece, length);
  }

  private void reserve(int room) throws IOException {
    if (piece.length - length < room) {
      flush();
      if (piece.length < room) {
        piece = Arrays.copyOf(piece, room);
      }
    }
  }

  /** Hands over what was written so far. */
  void flush() throws IOException {
    to.write(piece, 0, length);
    length = 0;
  }
}
