package io.mlserve.bench.result;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.zip.DataFormatException;
import org.HdrHistogram.AbstractHistogram;
import org.HdrHistogram.Histogram;

/** Histograms as text: HdrHistogram's compressed form in base64, as its own log files have it. */
final class HdrText {
  private HdrText() {}

  static String of(AbstractHistogram histogram) {
    Histogram copy = new Histogram(3);
    copy.add(histogram); // trimmed to what it holds, and of the type that everybody reads
    ByteBuffer buffer = ByteBuffer.allocate(copy.getNeededByteBufferCapacity());
    int length = copy.encodeIntoCompressedByteBuffer(buffer);
    return Base64.getEncoder().encodeToString(Arrays.copyOf(buffer.array(), length));
  }

  /** Throws {@code IllegalArgumentException} if it is none. */
  static Histogram parse(String text) {
    try {
      byte[] bytes = Base64.getDecoder().decode(text);
      Histogram read = Histogram.decodeFromCompressedByteBuffer(ByteBuffer.wrap(bytes), 0);
      read.setAutoResize(true);
      return read;
    } catch (DataFormatException | RuntimeException e) {
      throw new IllegalArgumentException("not a histogram", e);
    }
  }
}
