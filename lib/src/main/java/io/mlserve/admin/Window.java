package io.mlserve.admin;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A length of time in the query of a request, such as {@code 90s}, {@code 24h} or {@code 7d}. */
final class Window {
  static final Duration DAY = Duration.ofDays(1);

  private static final Pattern FORM = Pattern.compile("(\\d{1,9})(ms|s|m|h|d)");

  private Window() {}

  /** {@code INVALID_ARGUMENT} if it is no length of time. */
  static Duration parse(String name, String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw new MlserveException(
          ErrorCode.INVALID_ARGUMENT, name + ": '" + text + "' (expected: a time, such as 24h)");
    }
    long number = Long.parseLong(form.group(1));
    return switch (form.group(2)) {
      case "ms" -> Duration.ofMillis(number);
      case "s" -> Duration.ofSeconds(number);
      case "m" -> Duration.ofMinutes(number);
      case "h" -> Duration.ofHours(number);
      default -> Duration.ofDays(number);
    };
  }

  /** As it is written in a query, in the largest unit that fits. */
  static String text(Duration window) {
    long millis = window.toMillis();
    if (millis % 1000 != 0) {
      return millis + "ms";
    }
    long seconds = millis / 1000;
    if (seconds % 3600 == 0 && seconds > 0) {
      return seconds / 3600 + "h";
    }
    return seconds % 60 == 0 && seconds > 0 ? seconds / 60 + "m" : seconds + "s";
  }
}
