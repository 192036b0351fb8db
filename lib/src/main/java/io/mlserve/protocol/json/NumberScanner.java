package io.mlserve.protocol.json;

import com.fasterxml.jackson.core.io.NumberInput;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;

/**
 * Reads JSON numbers out of bytes, without text or garbage for the usual ones. Their values are
 * those of {@link Float#parseFloat} and {@link Double#parseDouble}. Whatever is not plainly a
 * number of the grammar, or is longer than a parser would take, is not read: somebody else has to
 * look at it, and to say what is wrong with it.
 *
 * <p>The bytes are seen through a window that moves over them, so that scanning costs the memory of
 * the window, however many there are. For one request, on one thread.
 */
final class NumberScanner implements AutoCloseable {
  /** What {@link #number} read. */
  enum Kind {
    INTEGER,
    REAL,
    /** NaN, Infinity or -Infinity. */
    WORD,
    /** No number, or one that is not for us. */
    NONE
  }

  private static final int WINDOW = 16 << 10;
  private static final int LONGEST = 1000; // what the parser takes; the window must hold more
  private static final int MOST_DIGITS = 18; // fit a long, whichever they are
  private static final int EXACT_POWER = 22; // 10^22 is the largest that a double holds
  private static final long EXACT_DIGITS = 1L << 53;
  private static final int MOST_POWER = 63;
  private static final double[] POWERS = powers(); // from 10^-63 to 10^63

  // Of the 53 bits of a double a float keeps 24. The others say how it is rounded.
  private static final int DROPPED_BITS = (1 << 29) - 1;
  private static final int HALF_WAY = 1 << 28;
  private static final int ERROR =
      8; // units in the last place of a double; 3 at most, see estimate

  private final ByteBuf source;
  private final int end; // of the source
  private final int size; // of the window
  private final ByteBuf memory;
  private final byte[] window;
  private final int first; // of our bytes in the window
  private int last; // behind the bytes in the window; there is a 0
  private int origin; // index in the source of what lies at index 0 of the window
  private int safe; // where the window may end within a number that starts there
  private int at;

  private int start; // of the number that was read
  private boolean negative;
  private long digits; // as if there were no point
  private int count; // of digits
  private int exponent; // of ten, by which the digits are to be multiplied

  /** A scanner of what {@code source} holds, which stays the caller's. */
  NumberScanner(ByteBuf source) {
    this.source = source;
    end = source.writerIndex();
    size = Math.min(WINDOW, source.readableBytes());
    memory = ByteBufAllocator.DEFAULT.heapBuffer(size + 1);
    window = memory.array();
    first = memory.arrayOffset();
    last = first;
    at = first;
    origin = source.readerIndex() - first;
    refill();
  }

  private static double[] powers() {
    double[] powers = new double[2 * MOST_POWER + 1];
    for (int i = 0; i < powers.length; i++) {
      powers[i] = Double.parseDouble("1e" + (i - MOST_POWER));
    }
    return powers;
  }

  @Override
  public void close() {
    memory.release();
  }

  /** Goes on at {@code index} of the source. */
  void seek(int index) {
    at = index - origin;
    if (at < first || at > last) {
      at = last;
      origin = index - last;
      refill();
    }
  }

  /** The index in the source of what is read next. */
  int position() {
    return origin + at;
  }

  /** Brings a whole number into the window, if one can be that long. */
  void prepare() {
    if (at >= safe) {
      refill();
    }
  }

  private void refill() {
    int kept = last - at;
    System.arraycopy(window, at, window, first, kept);
    origin += at - first;
    at = first;
    int from = origin + at + kept;
    int more = Math.min(size - kept, end - from);
    source.getBytes(from, window, first + kept, more);
    last = first + kept + more;
    safe = origin + last < end ? last - LONGEST : Integer.MAX_VALUE;
    window[last] = 0;
  }

  /** The byte that is read next, behind whitespace if there is any; 0 behind the last one. */
  int peek() {
    int next = window[at];
    while (next == ' ' || next == '\n' || next == '\r' || next == '\t' || at == last) {
      if (at == last) {
        refill();
        if (at == last) {
          return 0;
        }
      } else {
        at++;
      }
      next = window[at];
    }
    return next;
  }

  /** Goes past the byte that {@link #peek} returned. */
  void next() {
    at++;
  }

  /** Goes past a comma and the whitespace around it; returns whether there is one. */
  boolean comma() {
    if (window[at] != ',' && peek() != ',') {
      return false;
    }
    at++;
    if (window[at] <= ' ') {
      peek();
    }
    return true;
  }

  /** Whether {@code character} is read next, behind whitespace if there is any; goes past it. */
  boolean skip(char character) {
    boolean there = peek() == character;
    at += there ? 1 : 0;
    return there;
  }

  /** Whether {@code word} is read next; goes past it. */
  boolean word(String word) {
    for (int i = 0; i < word.length(); i++) {
      if (window[at + i] != word.charAt(i)) { // it ends with a 0
        return false;
      }
    }
    at += word.length();
    return true;
  }

  /** Reads a number. Its value can be asked for until the next is read. */
  Kind number() {
    int p = at;
    start = p;
    negative = window[p] == '-';
    if (negative) {
      p++;
    }
    int whole = p;
    long value = 0;
    int digit = window[p] - '0';
    while (digit >= 0 && digit <= 9) {
      value = value * 10 + digit;
      digit = window[++p] - '0';
    }
    count = p - whole;
    if (count == 0) {
      return special(p);
    }
    if (window[whole] == '0' && count > 1) {
      return Kind.NONE;
    }
    Kind kind = Kind.INTEGER;
    exponent = 0;
    if (digit == '.' - '0') {
      int point = p;
      digit = window[++p] - '0';
      while (digit >= 0 && digit <= 9) {
        value = value * 10 + digit;
        digit = window[++p] - '0';
      }
      exponent = point + 1 - p;
      if (exponent == 0) {
        return Kind.NONE;
      }
      count -= exponent;
      kind = Kind.REAL;
    }
    digits = value;
    at = p;
    if (digit == 'e' - '0' || digit == 'E' - '0') {
      return exponent() ? Kind.REAL : Kind.NONE;
    }
    return p - start > LONGEST ? Kind.NONE : kind;
  }

  private boolean exponent() {
    int p = at + 1;
    boolean below = window[p] == '-';
    if (below || window[p] == '+') {
      p++;
    }
    int from = p;
    int power = 0;
    int digit = window[p] - '0';
    while (digit >= 0 && digit <= 9) {
      power = power * 10 + digit;
      digit = window[++p] - '0';
    }
    int length = p - from;
    exponent += below ? -power : power;
    at = p;
    return length > 0 && length <= 8 && p - start <= LONGEST;
  }

  private Kind special(int from) {
    at = from;
    return word("Infinity") || (!negative && word("NaN")) ? Kind.WORD : Kind.NONE;
  }

  /** The number as a float: infinite if it is too large for one. */
  float float32(Kind kind) {
    if (kind == Kind.WORD) {
      return (float) special();
    }
    if (digits == 0 && count <= MOST_DIGITS) {
      return negative ? -0f : 0f;
    }
    if (isEstimable()) {
      double estimate = estimate();
      int dropped = (int) Double.doubleToRawLongBits(estimate) & DROPPED_BITS;
      if (Math.abs(dropped - HALF_WAY) > ERROR
          && estimate >= Float.MIN_NORMAL // below, fewer bits are kept
          && estimate <= Float.MAX_VALUE) {
        return (float) (negative ? -estimate : estimate);
      }
    }
    return NumberInput.parseFloat(text(), true);
  }

  /** The number as a double: infinite if it is too large for one. */
  double float64(Kind kind) {
    if (kind == Kind.WORD) {
      return special();
    }
    // Digits and power are exact, so that the one operation between them rounds as it must.
    if (isEstimable() && digits <= EXACT_DIGITS && Math.abs(exponent) <= EXACT_POWER) {
      double power = POWERS[MOST_POWER + Math.abs(exponent)];
      double value = exponent < 0 ? digits / power : digits * power;
      return negative ? -value : value;
    }
    return NumberInput.parseDouble(text(), true);
  }

  private double special() {
    if (window[at - 1] == 'N') {
      return Double.NaN;
    }
    return negative ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
  }

  private boolean isEstimable() {
    return (count <= MOST_DIGITS || significant() <= MOST_DIGITS)
        && Math.abs(exponent) <= MOST_POWER;
  }

  private int significant() {
    int p = negative ? start + 1 : start;
    int zeros = 0;
    while (window[p] == '0' || window[p] == '.') {
      zeros += window[p++] == '0' ? 1 : 0;
    }
    return count - zeros;
  }

  // Digits, power and result are each rounded by at most half a unit in the last place. That is
  // three units of the result at most, as a unit is worth twice as much at its lower end.
  private double estimate() {
    return digits * POWERS[MOST_POWER + exponent];
  }

  private String text() {
    return new String(window, start, at - start, StandardCharsets.ISO_8859_1);
  }

  /** Whether an integer of that many digits can be told from its {@link #magnitude}. */
  boolean isSmall() {
    return count <= MOST_DIGITS + 1; // as an unsigned long
  }

  boolean isNegative() {
    return negative;
  }

  /** An integer without its sign, unsigned. */
  long magnitude() {
    return digits;
  }
}
