package io.mlserve.bench;

import io.mlserve.model.ElementType;
import io.mlserve.model.HalfFloats;

/** Floating-point types of 8 and 16 bits as numbers. */
final class SmallFloats {
  private SmallFloats() {}

  static float ofFloat8(ElementType type, byte bits) {
    return switch (type) {
      case FLOAT8E4M3FN -> float8(bits, 4, 7, false);
      case FLOAT8E4M3FNUZ -> float8(bits, 4, 8, true);
      case FLOAT8E5M2 ->
          // the upper half of a binary16 number
          HalfFloats.fromFloat16((short) (bits << 8));
      case FLOAT8E5M2FNUZ -> float8(bits, 5, 16, true);
      case FLOAT,
          DOUBLE,
          FLOAT16,
          BFLOAT16,
          INT8,
          INT16,
          INT32,
          INT64,
          UINT8,
          UINT16,
          UINT32,
          UINT64,
          BOOL,
          STRING ->
          throw new IllegalArgumentException(type + " has not 8 bits");
    };
  }

  /** The bits of 0, 0.5 and 1, in that order. */
  static byte[] zeroHalfOne(ElementType type) {
    return switch (type) {
      case FLOAT8E4M3FN -> new byte[] {0, 0x30, 0x38};
      case FLOAT8E4M3FNUZ -> new byte[] {0, 0x38, 0x40};
      case FLOAT8E5M2 -> new byte[] {0, 0x38, 0x3c};
      case FLOAT8E5M2FNUZ -> new byte[] {0, 0x3c, 0x40};
      case FLOAT,
          DOUBLE,
          FLOAT16,
          BFLOAT16,
          INT8,
          INT16,
          INT32,
          INT64,
          UINT8,
          UINT16,
          UINT32,
          UINT64,
          BOOL,
          STRING ->
          throw new IllegalArgumentException(type + " has not 8 bits");
    };
  }

  // "uz": no negative zero, whose bits are the only NaN; without it all ones are NaN
  private static float float8(byte bits, int exponentBits, int bias, boolean uz) {
    int fractionBits = 7 - exponentBits;
    int magnitude = bits & 0x7f;
    if (uz ? (bits & 0xff) == 0x80 : magnitude == 0x7f) {
      return Float.NaN;
    }
    int exponent = magnitude >>> fractionBits;
    int fraction = magnitude & ((1 << fractionBits) - 1);
    float size =
        exponent == 0
            ? Math.scalb((float) fraction, 1 - bias - fractionBits)
            : Math.scalb((float) ((1 << fractionBits) + fraction), exponent - bias - fractionBits);
    return bits < 0 ? -size : size;
  }
}
