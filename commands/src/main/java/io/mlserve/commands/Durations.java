package io.mlserve.commands;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Durations as users write them: {@code 500ms}, {@code 10s}, {@code 1m30s}, {@code 1.5}. A bare
 * number means seconds.
 */
public final class Durations {
  private static final Pattern PART = Pattern.compile("([0-9]+(?:\\.[0-9]+)?)(ns|us|ms|s|m|h|d)");
  private static final Pattern BARE = Pattern.compile("[0-9]+(?:\\.[0-9]+)?");
  private static final Map<String, Long> NANOS =
      Map.of(
          "ns", 1L,
          "us", 1_000L,
          "ms", 1_000_000L,
          "s", 1_000_000_000L,
          "m", 60_000_000_000L,
          "h", 3_600_000_000_000L,
          "d", 86_400_000_000_000L);

  private Durations() {}

  /**
   * {@code IllegalArgumentException} with a message for the user if {@code text} is no duration.
   */
  public static Duration parse(String text) {
    String withUnit = BARE.matcher(text).matches() ? text + "s" : text;
    Matcher part = PART.matcher(withUnit);
    BigDecimal nanos = BigDecimal.ZERO;
    int end = 0;
    while (part.find() && part.start() == end) {
      Long unit = NANOS.get(part.group(2));
      nanos =
          nanos.add(
              new BigDecimal(part.group(1)).multiply(BigDecimal.valueOf(unit == null ? 0 : unit)));
      end = part.end();
    }
    if (end == 0 || end != withUnit.length()) {
      throw new IllegalArgumentException(
          "'" + text + "' (expected: a duration such as 500ms, 10s or 1m30s)");
    }
    if (nanos.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
      throw new IllegalArgumentException("'" + text + "' (expected: at most 292 years)");
    }
    return Duration.ofNanos(nanos.longValue());
  }

  /** For picocli. */
  static final class Converter implements ITypeConverter<Duration> {
    @Override
    public Duration convert(String text) {
      try {
        return parse(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(String.valueOf(e.getMessage()));
      }
    }
  }
}
