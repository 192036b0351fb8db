package io.mlserve.protocol.json;

import io.mlserve.model.ElementType;
import io.mlserve.model.HalfFloats;
import io.mlserve.serving.TensorMemory;
import java.nio.ByteBuffer;

/**
 * Reads nested arrays of the elements of one tensor into its memory. Everything that {@link
 * ElementReader} would not take is left to it, and so is an empty array. For one array, on one
 * thread.
 */
final class NumberArrays {
  private final NumberScanner scanner;
  private final ElementType type;
  private final TensorMemory.Slab memory;
  private final Nesting nesting;
  private long left; // elements that may still come
  private int position; // in the memory, of the array

  /**
   * @param most so many elements are taken
   */
  NumberArrays(
      NumberScanner scanner,
      ElementType type,
      TensorMemory.Slab memory,
      Nesting nesting,
      long most) {
    this.scanner = scanner;
    this.type = type;
    this.memory = memory;
    this.nesting = nesting;
    this.left = most;
  }

  /** Whether elements of that type are read here. */
  static boolean isOffered(ElementType type) {
    return switch (type) {
      case FLOAT, DOUBLE, FLOAT16, BFLOAT16, BOOL -> true;
      case INT8, INT16, INT32, INT64, UINT8, UINT16, UINT32, UINT64 -> true;
      case STRING, FLOAT8E4M3FN, FLOAT8E4M3FNUZ, FLOAT8E5M2, FLOAT8E5M2FNUZ -> false;
    };
  }

  /**
   * Reads the array behind the bracket at which the scanner stands, up to its closing bracket, at
   * which it stands then. If it returns false, nesting and memory are as they were.
   *
   * @param depth of the array, the outermost being 0
   */
  boolean read(int depth) {
    position = memory.room(0).position();
    nesting.mark();
    if (array(depth)) {
      return true;
    }
    undo();
    return false;
  }

  /** Makes nesting and memory what they were before the array. */
  void undo() {
    nesting.reset();
    memory.room(0).position(position);
  }

  private boolean array(int depth) {
    if (depth == Nesting.MOST_DIMENSIONS) {
      return false;
    }
    boolean nested = scanner.peek() == '[';
    if (!nested && !nesting.settleRank(depth + 1)) {
      return false;
    }
    long length = nested ? arrays(depth + 1) : type == ElementType.FLOAT ? floats() : elements();
    return length > 0 && scanner.peek() == ']' && nesting.close(depth, length);
  }

  /** Reads arrays up to one without a comma behind it; returns how many, or 0 to give up. */
  private long arrays(int depth) {
    long length = 0;
    do {
      if (!inner(depth)) {
        return 0;
      }
      length++;
    } while (scanner.comma());
    return length;
  }

  /** The same of the elements of most tensors, in a loop that has nothing else to do. */
  private long floats() {
    long most = left;
    long length = 0;
    ByteBuffer room = memory.room(Float.BYTES);
    do {
      scanner.prepare();
      NumberScanner.Kind kind = scanner.number();
      if (kind == NumberScanner.Kind.NONE || length == most) {
        return 0;
      }
      float value = scanner.float32(kind);
      if (!Float.isFinite(value) && kind != NumberScanner.Kind.WORD) {
        return 0;
      }
      if (room.remaining() < Float.BYTES) {
        room = memory.room(Float.BYTES);
      }
      room.putFloat(value);
      length++;
    } while (scanner.comma());
    left = most - length;
    return length;
  }

  private long elements() {
    long length = 0;
    do {
      if (!element()) {
        return 0;
      }
      length++;
    } while (scanner.comma());
    return length;
  }

  private boolean inner(int depth) {
    if (scanner.peek() != '[') {
      return false;
    }
    scanner.next();
    if (!array(depth)) {
      return false;
    }
    scanner.next();
    return true;
  }

  private boolean element() {
    scanner.prepare();
    if (left-- == 0) {
      return false;
    }
    return switch (type) {
      case FLOAT -> throw new IllegalStateException("not one by one");
      case DOUBLE -> float64();
      case FLOAT16, BFLOAT16 -> float16();
      case INT8 -> integer(-0x80, 0x7f);
      case UINT8 -> integer(0, 0xff);
      case INT16 -> integer(-0x8000, 0x7fff);
      case UINT16 -> integer(0, 0xffff);
      case INT32 -> integer(Integer.MIN_VALUE, Integer.MAX_VALUE);
      case UINT32 -> integer(0, 0xffff_ffffL);
      case INT64 -> integer(Long.MIN_VALUE, Long.MAX_VALUE);
      case UINT64 -> unsignedLong();
      case BOOL -> bool();
      case STRING, FLOAT8E4M3FN, FLOAT8E4M3FNUZ, FLOAT8E5M2, FLOAT8E5M2FNUZ -> false;
    };
  }

  private boolean float64() {
    NumberScanner.Kind kind = scanner.number();
    if (kind == NumberScanner.Kind.NONE) {
      return false;
    }
    double value = scanner.float64(kind);
    memory.room(8).putDouble(value);
    return Double.isFinite(value) || kind == NumberScanner.Kind.WORD;
  }

  private boolean float16() {
    NumberScanner.Kind kind = scanner.number();
    if (kind == NumberScanner.Kind.NONE) {
      return false;
    }
    float value = scanner.float32(kind);
    boolean half = type == ElementType.FLOAT16;
    short bits = half ? HalfFloats.toFloat16(value) : HalfFloats.toBfloat16(value);
    memory.room(2).putShort(bits);
    float stored = half ? HalfFloats.fromFloat16(bits) : HalfFloats.fromBfloat16(bits);
    return !Float.isInfinite(stored) || kind == NumberScanner.Kind.WORD;
  }

  private boolean integer(long least, long most) {
    if (scanner.number() != NumberScanner.Kind.INTEGER || !scanner.isSmall()) {
      return false;
    }
    long value = scanner.isNegative() ? -scanner.magnitude() : scanner.magnitude();
    // Beyond a long the magnitude is below 0, but for that of the least one.
    boolean fits = scanner.magnitude() >= 0 || (scanner.isNegative() && value == Long.MIN_VALUE);
    put(value);
    return fits && value >= least && value <= most;
  }

  private boolean unsignedLong() {
    if (scanner.number() != NumberScanner.Kind.INTEGER || !scanner.isSmall()) {
      return false;
    }
    put(scanner.magnitude());
    return !scanner.isNegative() || scanner.magnitude() == 0;
  }

  private boolean bool() {
    boolean yes = scanner.word("true");
    put(yes ? 1 : 0);
    return yes || scanner.word("false");
  }

  private void put(long value) {
    ByteBuffer room = memory.room(type.bytes());
    switch (type.bytes()) {
      case 1 -> room.put((byte) value);
      case 2 -> room.putShort((short) value);
      case 4 -> room.putInt((int) value);
      default -> room.putLong(value);
    }
  }
}
