package io.mlserve.protocol.json;

import static org.assertj.core.api.Assertions.assertThat;

import io.mlserve.http.NettyLeaks;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Numbers are what Java says they are, and nothing else is a number. */
@ExtendWith(NettyLeaks.class)
class NumberScannerTest {
  private static final int COUNT = Integer.getInteger("mlserve.numbers.count", 2_000_000);
  private static final int AT_ONCE = 20_000;
  private static final long SEED = 20_261_121;

  @Test
  void millionsOfNumbersAreThoseOfJava() {
    Numerals numerals = new Numerals(SEED);
    for (int done = 0; done < COUNT; done += AT_ONCE) {
      List<String> texts = new ArrayList<>();
      for (int i = 0; i < AT_ONCE; i++) {
        texts.add(numerals.next());
      }
      assertThoseOfJava(texts);
    }
  }

  @Test
  void allExponentsOfAFewDigitsAreThoseOfJava() {
    List<String> texts = new ArrayList<>();
    for (int power = -400; power <= 400; power++) {
      for (String digits :
          List.of("1", "-9", "17", "3.4028235", "1.17549435", "123456789012345678")) {
        texts.add(digits + "e" + power);
      }
    }
    assertThoseOfJava(texts);
  }

  private static void assertThoseOfJava(List<String> texts) {
    ByteBuf bytes =
        Unpooled.directBuffer()
            .writeBytes(String.join(" ", texts).getBytes(StandardCharsets.UTF_8));
    try (NumberScanner scanner = new NumberScanner(bytes)) {
      for (String text : texts) {
        scanner.peek();
        scanner.prepare();
        NumberScanner.Kind kind = scanner.number();
        boolean integer = text.chars().allMatch(c -> c == '-' || (c >= '0' && c <= '9'));
        if (kind != (integer ? NumberScanner.Kind.INTEGER : NumberScanner.Kind.REAL)) {
          assertThat(kind).as(text).isNull();
        }
        float narrow = scanner.float32(kind);
        double wide = scanner.float64(kind);
        if (Float.floatToRawIntBits(narrow) != Float.floatToRawIntBits(Float.parseFloat(text))) {
          assertThat(narrow).as(text).isEqualTo(Float.parseFloat(text));
        }
        if (Double.doubleToRawLongBits(wide)
            != Double.doubleToRawLongBits(Double.parseDouble(text))) {
          assertThat(wide).as(text).isEqualTo(Double.parseDouble(text));
        }
      }
      assertThat(scanner.peek()).isZero();
    } finally {
      bytes.release();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-",
        "+1",
        ".5",
        "1.",
        "1.e5",
        "01",
        "-01",
        "00",
        "1e",
        "1e+",
        "1e-",
        "e5",
        "--1",
        "- 1",
        "-.5",
        "-NaN",
        "nan",
        "NaM",
        "Infinit",
        "-Inf",
        "inf",
        "INF",
        "true",
        "null",
        "\"1\"",
        "٣",
        "1e123456789",
        "x"
      })
  void nothingElseIsANumber(String text) {
    assertThat(kind(text)).isEqualTo(NumberScanner.Kind.NONE);
  }

  @Test
  void tooLongIsLeftToTheParser() {
    assertThat(kind("0." + "1".repeat(900))).isEqualTo(NumberScanner.Kind.REAL);
    assertThat(kind("0." + "1".repeat(1000))).isEqualTo(NumberScanner.Kind.NONE);
    assertThat(kind("1".repeat(1000))).isEqualTo(NumberScanner.Kind.INTEGER);
    assertThat(kind("1".repeat(1001))).isEqualTo(NumberScanner.Kind.NONE);
    assertThat(kind("1".repeat(100_000))).isEqualTo(NumberScanner.Kind.NONE);
    assertThat(kind("0." + "0".repeat(998) + "e1")).isEqualTo(NumberScanner.Kind.NONE);
  }

  private static NumberScanner.Kind kind(String text) {
    ByteBuf bytes = Unpooled.wrappedBuffer(text.getBytes(StandardCharsets.UTF_8));
    try (NumberScanner scanner = new NumberScanner(bytes)) {
      return scanner.number();
    }
  }
}
