package io.mlserve.protocol.json;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Locale;
import java.util.Random;

/** Numbers as JSON, of every kind that has led a parser astray, always the same for one seed. */
public final class Numerals {
  private final Random random;

  public Numerals(long seed) {
    random = new Random(seed);
  }

  /** One numeral. */
  public String next() {
    return switch (random.nextInt(16)) {
      case 0 -> String.format(Locale.ROOT, "%.6f", random.nextDouble());
      case 1 -> Double.toString(random.nextGaussian());
      case 2 -> Float.toString((float) random.nextGaussian());
      case 3 -> finite(Float.intBitsToFloat(random.nextInt()));
      case 4 -> finite(Double.longBitsToDouble(random.nextLong()));
      case 5 -> Long.toString(random.nextLong() >> random.nextInt(64));
      case 6 -> betweenFloats(random.nextInt());
      case 7 -> betweenDoubles();
      case 8 -> beside(betweenFloats(random.nextInt()));
      case 9 -> beside(betweenDoubles());
      case 10 -> betweenFloats(random.nextInt(1 << 24)); // subnormal, or nearly
      case 11 -> digits(1 + random.nextInt(40));
      case 12 -> random.nextInt(100) == 0 ? digits(1 + random.nextInt(800)) : digits(17);
      case 13 -> Float.toString(random.nextInt(1 << 12) / 64f - 32);
      case 14 -> random.nextInt(50) + (random.nextBoolean() ? "" : ".0");
      default -> (random.nextBoolean() ? "0.000" : "-0.0") + random.nextInt(1 << 30);
    };
  }

  private String finite(double value) {
    return Double.isFinite(value) ? exponent(Double.toString(value)) : "0";
  }

  private String finite(float value) {
    return Float.isFinite(value) ? exponent(Float.toString(value)) : "0";
  }

  private String exponent(String text) {
    return switch (random.nextInt(3)) {
      case 0 -> text.replace("E", "e");
      case 1 -> text.replace("E-", "e-0").replaceAll("E(?=\\d)", "E+");
      default -> text;
    };
  }

  private String betweenFloats(int bits) {
    float lower = Float.intBitsToFloat(bits & 0x7fff_ffff);
    float upper = Math.nextUp(lower);
    if (!Float.isFinite(upper)) {
      return "1.5";
    }
    BigDecimal middle =
        new BigDecimal(lower).add(new BigDecimal(upper)).divide(BigDecimal.valueOf(2));
    return (bits < 0 ? "-" : "") + middle.toString();
  }

  private String betweenDoubles() {
    // Mostly where the digits are few enough for a test of millions.
    int exponent = random.nextInt(50) == 0 ? random.nextInt(2046) : 960 + random.nextInt(126);
    double lower = Double.longBitsToDouble((long) exponent << 52 | random.nextLong() >>> 12);
    BigDecimal middle =
        new BigDecimal(lower).add(new BigDecimal(Math.nextUp(lower))).divide(BigDecimal.valueOf(2));
    return middle.toString();
  }

  /** The next number up or down that has as many digits, or one or ten more. */
  private String beside(String text) {
    BigDecimal value = new BigDecimal(text);
    BigDecimal unit = BigDecimal.ONE.movePointLeft(value.scale() + random.nextInt(2) * 9);
    return (random.nextBoolean() ? value.add(unit) : value.subtract(unit)).toString();
  }

  private String digits(int count) {
    String digits = new BigInteger(count * 3 + 3, random).toString();
    int point = random.nextInt(digits.length() + 1);
    String text =
        point == 0
            ? "0." + digits
            : point == digits.length()
                ? digits
                : digits.substring(0, point) + "." + digits.substring(point);
    if (random.nextInt(3) == 0) {
      text += "e" + (random.nextInt(120) - 60);
    }
    return (random.nextBoolean() ? "-" : "") + text.replaceFirst("^0+(?=\\d)", "");
  }
}
