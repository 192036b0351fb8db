package io.mlserve.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class HalfFloatsTest {
  /** The number that these binary16 bits mean, by the definition in IEEE 754. */
  private static double meaning(int bits) {
    int exponent = (bits >> 10) & 0x1f;
    int fraction = bits & 0x3ff;
    double magnitude;
    if (exponent == 0x1f) {
      magnitude = fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
    } else if (exponent == 0) {
      magnitude = fraction * Math.pow(2, -24);
    } else {
      magnitude = (1024 + fraction) * Math.pow(2, exponent - 25);
    }
    return (bits & 0x8000) == 0 ? magnitude : -magnitude;
  }

  @Test
  void everyFloat16HasItsMeaning() {
    for (int bits = 0; bits < 0x10000; bits++) {
      float value = HalfFloats.fromFloat16((short) bits);
      assertThat(Double.compare(value, meaning(bits))).as("bits %x", bits).isZero();
    }
  }

  @Test
  void everyFloat16SurvivesTheWayToFloatAndBack() {
    for (int bits = 0; bits < 0x10000; bits++) {
      short back = HalfFloats.toFloat16(HalfFloats.fromFloat16((short) bits));
      if (Double.isNaN(meaning(bits))) {
        assertThat(meaning(back & 0xffff)).isNaN();
      } else {
        assertThat(back).as("bits %x", bits).isEqualTo((short) bits);
      }
    }
  }

  @Test
  void everyBfloat16SurvivesTheWayToFloatAndBack() {
    for (int bits = 0; bits < 0x10000; bits++) {
      float value = HalfFloats.fromBfloat16((short) bits);
      assertThat(Float.floatToRawIntBits(value)).isEqualTo(bits << 16);
      short back = HalfFloats.toBfloat16(value);
      if (Float.isNaN(value)) {
        assertThat(HalfFloats.fromBfloat16(back)).isNaN();
      } else {
        assertThat(back).as("bits %x", bits).isEqualTo((short) bits);
      }
    }
  }

  /** Between any two neighbours: the middle goes to the even one, all else to the nearer one. */
  @Test
  void float16RoundsToTheNearestAndTiesToEven() {
    for (int bits = 0; bits < 0x7bff; bits++) {
      float low = HalfFloats.fromFloat16((short) bits);
      float high = HalfFloats.fromFloat16((short) (bits + 1));
      float middle = (float) (((double) low + high) / 2); // exact: a float has the digits
      int even = (bits & 1) == 0 ? bits : bits + 1;
      assertThat(HalfFloats.toFloat16(middle)).as("above %x", bits).isEqualTo((short) even);
      assertThat(HalfFloats.toFloat16(Math.nextDown(middle))).isEqualTo((short) bits);
      assertThat(HalfFloats.toFloat16(Math.nextUp(middle))).isEqualTo((short) (bits + 1));
      assertThat(HalfFloats.toFloat16(-middle)).isEqualTo((short) (even | 0x8000));
    }
  }

  @Test
  void bfloat16RoundsToTheNearestAndTiesToEven() {
    for (int bits = 0; bits < 0x7f7f; bits++) {
      int middle = (bits << 16) | 0x8000;
      int even = (bits & 1) == 0 ? bits : bits + 1;
      assertThat(HalfFloats.toBfloat16(Float.intBitsToFloat(middle))).isEqualTo((short) even);
      assertThat(HalfFloats.toBfloat16(Float.intBitsToFloat(middle - 1))).isEqualTo((short) bits);
      assertThat(HalfFloats.toBfloat16(Float.intBitsToFloat(middle + 1)))
          .isEqualTo((short) (bits + 1));
    }
  }

  @Test
  void tooLargeIsInfinite() {
    assertThat(HalfFloats.toFloat16(65519.996f)).isEqualTo((short) 0x7bff);
    assertThat(HalfFloats.toFloat16(65520f)).isEqualTo((short) 0x7c00);
    assertThat(HalfFloats.toFloat16(-1e30f)).isEqualTo((short) 0xfc00);
    assertThat(HalfFloats.toFloat16(Float.NEGATIVE_INFINITY)).isEqualTo((short) 0xfc00);
    assertThat(HalfFloats.toBfloat16(Float.MAX_VALUE)).isEqualTo((short) 0x7f80);
    assertThat(HalfFloats.toBfloat16(-Float.MAX_VALUE)).isEqualTo((short) 0xff80);
  }

  @Test
  void tooSmallIsZeroOfItsSign() {
    assertThat(HalfFloats.toFloat16(0x1p-25f)).isEqualTo((short) 0); // a tie: to even
    assertThat(HalfFloats.toFloat16(Math.nextUp(0x1p-25f))).isEqualTo((short) 1);
    assertThat(HalfFloats.toFloat16(-Float.MIN_VALUE)).isEqualTo((short) 0x8000);
    assertThat(HalfFloats.toFloat16(-0f)).isEqualTo((short) 0x8000);
  }

  @Test
  void everyNanStaysOne() {
    Random random = new Random(1);
    for (int i = 0; i < 1000; i++) {
      int bits = 0x7f800000 | (1 + random.nextInt(0x7fffff)) | (i % 2 == 0 ? 0x80000000 : 0);
      float nan = Float.intBitsToFloat(bits);
      assertThat(HalfFloats.fromFloat16(HalfFloats.toFloat16(nan))).isNaN();
      assertThat(HalfFloats.fromBfloat16(HalfFloats.toBfloat16(nan))).isNaN();
    }
  }
}
