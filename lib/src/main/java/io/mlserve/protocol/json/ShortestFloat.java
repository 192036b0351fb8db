package io.mlserve.protocol.json;

import java.math.BigInteger;

/**
 * The shortest decimal that reads back to a float, and of several the nearest to it: Raffaele
 * Giulietti's Schubfach, which Java has used since 19, and with its result. Where one digit would
 * do, of the decimals of two digits the nearest counts, as Java has it.
 */
final class ShortestFloat {
  private static final int LEAST_POWER = -45; // of ten, as below
  private static final int MOST_POWER = 31;
  private static final int LEAST_EXPONENT = -149; // of two: a float is its significand times that
  private static final int HIDDEN_BIT = 1 << 23;
  private static final int TINY = 8; // subnormal significands below have a single digit
  private static final long LOW_BITS = (1L << 31) - 1;
  private static final long[] SCALES = scales();

  private ShortestFloat() {}

  // For each power k the first 63 bits of 10^-k, and one, so that it is not below it.
  private static long[] scales() {
    long[] scales = new long[MOST_POWER - LEAST_POWER + 1];
    for (int k = LEAST_POWER; k <= MOST_POWER; k++) {
      BigInteger power = BigInteger.TEN.pow(Math.abs(k));
      BigInteger scaled = // by some power of two
          k <= 0 ? power.shiftLeft(64) : BigInteger.ONE.shiftLeft(256).divide(power);
      scales[k - LEAST_POWER] = scaled.shiftRight(scaled.bitLength() - 63).longValue() + 1;
    }
    return scales;
  }

  /**
   * Digits and power of ten of a float that is finite and above 0: the digits in the high half, of
   * which the last may be zeros, and the power in the low one.
   */
  static long of(float value) {
    int bits = Float.floatToRawIntBits(value);
    int significand = bits & HIDDEN_BIT - 1;
    int biased = bits >>> 23;
    if (biased == 0) {
      return significand < TINY
          ? shortest(LEAST_EXPONENT, 10 * significand, -1)
          : shortest(LEAST_EXPONENT, significand, 0);
    }
    significand |= HIDDEN_BIT;
    int exponent = biased + LEAST_EXPONENT - 1;
    if (exponent < 0 && exponent > -24 && significand >> -exponent << -exponent == significand) {
      return packed(significand >> -exponent, 0); // a small integer
    }
    return shortest(exponent, significand, 0);
  }

  private static long packed(int digits, int power) {
    return (long) digits << 32 | (power & 0xffff_ffffL);
  }

  // Scales the float, and the ends of the interval that rounds to it, so that the integer part of
  // each has all digits that may be needed, in quarters: the last bit says whether there is more.
  private static long shortest(int exponent, int significand, int shift) {
    int odd = significand & 1; // then the ends round to the neighbours
    boolean even = significand != HIDDEN_BIT || exponent == LEAST_EXPONENT;
    int power = even ? floorLog10(exponent, 0) : floorLog10(exponent, -274_743_187_321L);
    int up = exponent + (int) ((-power * 913_124_641_741L) >> 38) + 33;
    long scale = SCALES[power - LEAST_POWER];
    long quarters = (long) significand << 2;
    int middle = scaled(scale, quarters << up);
    int lower = scaled(scale, (quarters - (even ? 2 : 1)) << up) + odd;
    int upper = scaled(scale, (quarters + 2) << up) - odd;
    int whole = middle >> 2;
    if (whole >= 100) {
      int ten = whole / 10 * 10;
      boolean below = lower <= ten << 2;
      boolean above = (ten + 10) << 2 <= upper;
      if (below != above) {
        return packed(below ? ten : ten + 10, power);
      }
    }
    boolean below = lower <= whole << 2;
    boolean above = (whole + 1) << 2 <= upper;
    if (below != above) {
      return packed(below ? whole : whole + 1, power + shift);
    }
    int side = middle - 2 * (2 * whole + 1);
    boolean down = side < 0 || (side == 0 && (whole & 1) == 0);
    return packed(down ? whole : whole + 1, power + shift);
  }

  /** The logarithm of 2^exponent, or with {@code offset} of three quarters of it, rounded down. */
  private static int floorLog10(int exponent, long offset) {
    return (int) ((exponent * 661_971_961_083L + offset) >> 41);
  }

  private static int scaled(long scale, long quarters) {
    long high = Math.multiplyHigh(scale, quarters);
    return (int) (high >>> 31) | ((high & LOW_BITS) == 0 ? 0 : 1);
  }
}
