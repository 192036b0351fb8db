package io.mlserve.archive;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** One 512-byte tar header, its checksum verified. */
final class TarHeader {
  static final int BLOCK = 512;
  private static final int SUM_AT = 148;
  private static final int SUM_LENGTH = 8;
  private static final int PREFIX_AT = 345;

  private final byte[] block;

  private TarHeader(byte[] block) {
    this.block = block;
  }

  static TarHeader parse(byte[] block) {
    if (!hasRightSum(block)) {
      throw Refusal.damaged("a tar header does not have its checksum");
    }
    return new TarHeader(block.clone());
  }

  /** Stored bytes that follow. */
  long size() {
    return number(block, 124, 12);
  }

  /** The type flag. */
  char type() {
    return (char) (block[156] & 0xff);
  }

  /** The block itself, for the fields that only some types have. */
  byte[] block() {
    return block;
  }

  static boolean isZero(byte[] block) {
    for (byte b : block) {
      if (b != 0) {
        return false;
      }
    }
    return true;
  }

  static boolean hasRightSum(byte[] block) {
    long sum = 0;
    long signed = 0; // what some old tars computed
    for (int i = 0; i < BLOCK; i++) {
      boolean inSum = i >= SUM_AT && i < SUM_AT + SUM_LENGTH;
      sum += inSum ? ' ' : block[i] & 0xff;
      signed += inSum ? ' ' : block[i];
    }
    long stored = octal(block, SUM_AT, SUM_LENGTH);
    return stored >= 0 && (stored == sum || stored == signed);
  }

  /** A size or offset: octal, or base 256 where the first bit is set. */
  static long number(byte[] block, int at, int length) {
    if ((block[at] & 0x80) == 0) {
      long value = octal(block, at, length);
      if (value < 0) {
        throw Refusal.damaged("a tar header holds a number that is none");
      }
      return value;
    }
    long value = block[at] & 0x3f;
    boolean negative = (block[at] & 0x40) != 0;
    for (int i = at + 1; i < at + length; i++) {
      if (negative || value > Long.MAX_VALUE >> 8) {
        throw Refusal.damaged("a tar header holds a size that is negative or above 8 EiB");
      }
      value = (value << 8) | (block[i] & 0xff);
    }
    return value;
  }

  // Spaces may come first; a space, a NUL or the end of the field comes last. -1 if it is not so.
  private static long octal(byte[] block, int at, int length) {
    int end = at + length;
    int i = at;
    while (i < end && block[i] == ' ') {
      i++;
    }
    long value = 0;
    for (; i < end && block[i] != 0 && block[i] != ' '; i++) {
      if (block[i] < '0' || block[i] > '7') {
        return -1;
      }
      value = (value << 3) | (block[i] - '0');
    }
    for (; i < end; i++) {
      if (block[i] != 0 && block[i] != ' ') {
        return -1;
      }
    }
    return value;
  }

  /** The path as it stands in the header, prefix included. */
  byte[] name() {
    // GNU tar keeps times and sparse maps where POSIX keeps the prefix; star cuts the prefix short.
    byte[] name = text(block, 0, 100);
    if (!is(block, 257, "ustar\0")) {
      return name;
    }
    byte[] prefix = text(block, PREFIX_AT, is(block, 508, "tar\0") ? 131 : 155);
    if (prefix.length == 0) {
      return name;
    }
    byte[] whole = Arrays.copyOf(prefix, prefix.length + 1 + name.length);
    whole[prefix.length] = '/';
    System.arraycopy(name, 0, whole, prefix.length + 1, name.length);
    return whole;
  }

  private static byte[] text(byte[] block, int at, int length) {
    int end = at;
    while (end < at + length && block[end] != 0) {
      end++;
    }
    return Arrays.copyOfRange(block, at, end);
  }

  private static boolean is(byte[] block, int at, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    return Arrays.equals(block, at, at + bytes.length, bytes, 0, bytes.length);
  }
}
