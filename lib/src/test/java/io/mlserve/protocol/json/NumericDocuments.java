package io.mlserve.protocol.json;

import io.mlserve.model.ElementType;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;

/** Nested arrays of numbers as JSON, most of them with a fault; always the same for one seed. */
public final class NumericDocuments {
  public static final List<ElementType> TYPES =
      List.of(
          ElementType.FLOAT,
          ElementType.DOUBLE,
          ElementType.FLOAT16,
          ElementType.BFLOAT16,
          ElementType.INT8,
          ElementType.UINT8,
          ElementType.INT16,
          ElementType.UINT16,
          ElementType.INT32,
          ElementType.UINT32,
          ElementType.INT64,
          ElementType.UINT64,
          ElementType.BOOL);

  private static final List<String> STRANGE =
      List.of(
          "9223372036854775807,9223372036854775808,-9223372036854775808,-9223372036854775809,"
              .concat("18446744073709551615,18446744073709551616,99999999999999999999,-0,-0.0,0e5,")
              .concat("NaN,Infinity,-Infinity,-NaN,INF,-INF,+1,1e400,-1e400,true,false,null,")
              .concat(
                  "\"a\",{},[],[[]],01,-01,1.,.5,-,1e,tru,truefalse,NaN1,127,128,-129,256,65535,")
              .concat(
                  "65536,-32769,4294967296,65504,65520,3.4028236e38,3.5e38,1 2,1\"a\",[1],\\,\u0000,é,")
              .concat("123456789012345678901234567890,-123456789012345678901234567890.5")
              .split(","));
  private static final List<String> SPACES = List.of("", "", "", " ", "\n", "\r\n\t ", "  ");

  private final Random random;
  private final Numerals numerals;

  public NumericDocuments(long seed) {
    random = new Random(seed);
    numerals = new Numerals(seed);
  }

  /** The source of all choices, for those that a test adds. */
  public Random random() {
    return random;
  }

  /** What {@code wrap} makes of nested arrays, whole or spoiled. */
  public byte[] next(ElementType type, UnaryOperator<String> wrap) {
    int depth = random.nextInt(4);
    int most = random.nextInt(100) == 0 ? 40 : 4;
    int[] lengths = {1 + random.nextInt(most), 1 + random.nextInt(most), 1 + random.nextInt(most)};
    if (random.nextInt(50) == 0) {
      lengths[random.nextInt(3)] = 0;
    }
    boolean spoiled = random.nextBoolean();
    String text = wrap.apply(nested(type, depth, lengths, spoiled));
    if (random.nextInt(20) == 0) {
      text = wrap.apply("[".repeat(random.nextInt(40)) + 1 + "]".repeat(random.nextInt(40)));
    }
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (random.nextInt(4) == 0) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
    }
    return random.nextInt(16) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes;
  }

  private String nested(ElementType type, int depth, int[] lengths, boolean spoiled) {
    if (depth == 0) {
      return spoiled && random.nextInt(12) == 0
          ? STRANGE.get(random.nextInt(STRANGE.size()))
          : element(type);
    }
    int length = lengths[depth - 1] + (spoiled && random.nextInt(20) == 0 ? 1 : 0);
    StringBuilder text = new StringBuilder("[").append(space());
    for (int i = 0; i < length; i++) {
      text.append(i == 0 ? "" : "," + space());
      boolean ragged = spoiled && random.nextInt(40) == 0;
      text.append(nested(type, ragged ? random.nextInt(depth) : depth - 1, lengths, spoiled));
      text.append(space());
    }
    return text.append(spoiled && random.nextInt(40) == 0 ? "," : "").append("]").toString();
  }

  private String space() {
    return SPACES.get(random.nextInt(SPACES.size()));
  }

  private String element(ElementType type) {
    long bits = random.nextLong() >> random.nextInt(64);
    return switch (type) {
      case BOOL -> Boolean.toString(random.nextBoolean());
      case FLOAT16 -> Float.toString((float) random.nextGaussian() * 100);
      case INT8 -> Byte.toString((byte) bits);
      case UINT8 -> Integer.toString((int) bits & 0xff);
      case INT16 -> Short.toString((short) bits);
      case UINT16 -> Integer.toString((int) bits & 0xffff);
      case INT32 -> Integer.toString((int) bits);
      case UINT32 -> Integer.toUnsignedString((int) bits);
      case INT64 -> Long.toString(bits);
      case UINT64 -> Long.toUnsignedString(bits);
      default -> numerals.next();
    };
  }
}
