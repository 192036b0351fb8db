package io.mlserve.protocol.json;

import com.fasterxml.jackson.core.io.NumberOutput;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/**
 * Writes numbers into bytes as JSON, with the fewest digits that read back to them: as Java's
 * {@code toString} since 19, and the generators of this package. What was written is there after
 * {@link #flush}. For one answer, on one thread.
 */
final class NumberWriter {
  private static final int ROOM = 128; // copied to the buffer in one go
  private static final int LONGEST = 26; // -1.2345678901234567E-308 is 24
  private static final int PLAIN = 7; // digits before the point; more are written as 1.0E7

  private final ByteBuf bytes;
  private final byte[] text = new byte[ROOM];
  private int at;

  NumberWriter(ByteBuf bytes) {
    this.bytes = bytes;
  }

  void flush() {
    bytes.writeBytes(text, 0, at);
    at = 0;
  }

  private void room() {
    if (at > ROOM - LONGEST) {
      flush();
    }
  }

  /** Writes one character of ASCII. */
  void write(char character) {
    room();
    text[at++] = (byte) character;
  }

  void write(boolean value) {
    ascii(value ? "true" : "false");
  }

  void write(long value) {
    room();
    at = NumberOutput.outputLong(value, text, at);
  }

  void writeUnsigned(long value) {
    if (value >= 0) {
      write(value);
    } else {
      ascii(Long.toUnsignedString(value));
    }
  }

  void write(double value) {
    ascii(NumberOutput.toString(value, true));
  }

  private void ascii(String number) {
    room();
    byte[] digits = number.getBytes(StandardCharsets.ISO_8859_1);
    System.arraycopy(digits, 0, text, at, digits.length);
    at += digits.length;
  }

  void write(float value) {
    if (!Float.isFinite(value)) {
      ascii(Float.toString(value));
      return;
    }
    room();
    if (Float.floatToRawIntBits(value) < 0) {
      text[at++] = '-';
    }
    if (value == 0) {
      decimal(0, 1, 1);
    } else {
      long shortest = ShortestFloat.of(Math.abs(value));
      decimal((int) (shortest >>> 32), (int) shortest);
    }
  }

  private void decimal(int someDigits, int somePower) {
    int digits = someDigits;
    int power = somePower;
    while (digits % 10 == 0) {
      digits /= 10;
      power++;
    }
    int count = 1;
    for (int rest = digits; rest >= 10; rest /= 10) {
      count++;
    }
    decimal(digits, count, count + power);
  }

  /**
   * @param digits {@code count} of them
   * @param point where it lies among the digits
   */
  private void decimal(int digits, int count, int point) {
    if (point > PLAIN || point < -2) {
      pointed(digits, count, 1);
      text[at++] = 'E';
      at = NumberOutput.outputInt(point - 1, text, at);
    } else if (point > 0) {
      pointed(digits, count, point);
    } else {
      text[at++] = '0';
      text[at++] = '.';
      for (int zeros = point; zeros < 0; zeros++) {
        text[at++] = '0';
      }
      backwards(digits, count, at + count, -1);
      at += count;
    }
  }

  private void pointed(int digits, int count, int point) {
    int length = Math.max(count, point + 1); // with zeros up to the point, and one behind it
    for (int i = at + count; i <= at + length; i++) {
      text[i] = '0';
    }
    backwards(digits, count, at + count + (count > point ? 1 : 0), at + point);
    text[at + point] = '.';
    at += length + 1;
  }

  /** Writes digits up to {@code end}, leaving out the place {@code gap}. */
  private void backwards(int digits, int count, int end, int gap) {
    int place = end;
    int rest = digits;
    for (int i = 0; i < count; i++) {
      place--;
      if (place == gap) {
        place--;
      }
      text[place] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
  }
}
