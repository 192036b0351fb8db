package io.mlserve.protocol.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.io.NumberOutput;
import io.mlserve.http.NettyLeaks;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every float comes out in the fewest digits that read back to it, the way Java writes them. */
@ExtendWith(NettyLeaks.class)
class NumberWriterTest {
  private static final int COUNT = Integer.getInteger("mlserve.numbers.count", 1_000_000);

  private static String written(Consumer<NumberWriter> numbers) {
    ByteBuf bytes = Unpooled.buffer();
    NumberWriter writer = new NumberWriter(bytes);
    numbers.accept(writer);
    writer.flush();
    return bytes.toString(StandardCharsets.ISO_8859_1);
  }

  private static float next(Random random, int i) {
    return switch (i % 8) {
      case 0 -> (float) random.nextGaussian();
      case 1 -> random.nextInt(1_000_000) / 1e6f;
      case 2 -> random.nextInt() >> random.nextInt(32);
      case 3 -> Float.intBitsToFloat(random.nextInt(1 << 24)); // subnormal, or nearly
      case 4 -> Float.intBitsToFloat(random.nextInt(255) << 23); // powers of two
      case 5 -> Math.nextAfter((float) Math.pow(10, random.nextInt(84) - 45), 1 - 2 * (i & 8));
      default -> Float.intBitsToFloat(random.nextInt());
    };
  }

  @Test
  void floatsAreWrittenAsTheGeneratorsDo() {
    Random random = new Random(20_261_121);
    ByteBuf bytes = Unpooled.buffer();
    byte[] text = new byte[64];
    for (int i = 0; i < COUNT; i++) {
      float value = next(random, i);
      NumberWriter writer = new NumberWriter(bytes.clear());
      writer.write(value);
      writer.flush();
      int length = bytes.readableBytes();
      bytes.readBytes(text, 0, length);
      String written = new String(text, 0, length, StandardCharsets.ISO_8859_1);
      String expected = NumberOutput.toString(value, true);
      if (!written.equals(expected)) {
        assertThat(written).as("%x", Float.floatToRawIntBits(value)).isEqualTo(expected);
      }
      if (Float.floatToIntBits(Float.parseFloat(written)) != Float.floatToIntBits(value)) {
        assertThat(Float.parseFloat(written)).isEqualTo(value);
      }
    }
  }

  @Test
  void noFewerDigitsReadBack() {
    Random random = new Random(20_261_121);
    for (int i = 0; i < 50_000; i++) {
      float value = Math.abs(next(random, i));
      if (!Float.isFinite(value) || value == 0) {
        continue;
      }
      BigDecimal digits = new BigDecimal(written(writer -> writer.write(value)));
      int fewer = digits.stripTrailingZeros().precision() - 1;
      if (fewer < 2) { // Java's way: two digits, the nearest of them, are as good as one
        continue;
      }
      BigDecimal exact = new BigDecimal(value);
      for (RoundingMode mode : new RoundingMode[] {RoundingMode.DOWN, RoundingMode.UP}) {
        float other = exact.round(new MathContext(fewer, mode)).floatValue();
        assertThat(other).as("%s in %d digits", digits, fewer).isNotEqualTo(value);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0.0",
    "-0.0, -0.0",
    "1, 1.0",
    "-10, -10.0",
    "0.1, 0.1",
    "0.001, 0.001",
    "0.00099, 9.9E-4",
    "9999999, 9999999.0",
    "1e7, 1.0E7",
    "123.456, 123.456",
    "100, 100.0",
    "0.05, 0.05",
    "16777216, 1.6777216E7",
    "3.4028235e38, 3.4028235E38",
    "1.4e-45, 1.4E-45",
    "2e-44, 2.0E-44",
    "NaN, NaN",
    "Infinity, Infinity",
    "-Infinity, -Infinity",
    "8388608, 8388608.0",
    "2e23, 2.0E23"
  })
  void floatsLookAsJavaHasThem(float value, String text) {
    assertThat(written(writer -> writer.write(value))).isEqualTo(text);
  }

  @Test
  void othersAreWrittenWhole() {
    assertThat(
            written(
                writer -> {
                  writer.write(-4.9E-324);
                  writer.write(' ');
                  writer.write(Double.NEGATIVE_INFINITY);
                  writer.write(' ');
                  writer.write(Long.MIN_VALUE);
                  writer.write(' ');
                  writer.writeUnsigned(-1);
                  writer.write(' ');
                  writer.write(true);
                }))
        .isEqualTo("-4.9E-324 -Infinity -9223372036854775808 18446744073709551615 true");
  }
}
