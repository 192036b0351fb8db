package io.mlserve.metrics;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/**
 * One line {@code name{label="value",...} number [timestamp]}, read from left to right. {@code
 * IllegalArgumentException} says what is wrong with it.
 */
final class SampleLine {
  private static final Pattern NUMBER =
      Pattern.compile("[+-]?(?:[0-9]+\\.?[0-9]*|\\.[0-9]+)(?:[eE][+-]?[0-9]+)?");

  private final String line;
  private int at;

  SampleLine(String line) {
    this.line = line;
  }

  Sample read() {
    blanks();
    String name = name(true);
    blanks();
    Map<String, String> labels = peek() == '{' ? labels() : Map.of();
    blanks();
    double value = number(word());
    blanks();
    OptionalLong timestamp =
        at < line.length() ? OptionalLong.of(timestamp(word())) : OptionalLong.empty();
    blanks();
    if (at < line.length()) {
      throw new IllegalArgumentException("more than a sample");
    }
    return new Sample(name, labels, value, timestamp);
  }

  private Map<String, String> labels() {
    Map<String, String> labels = new LinkedHashMap<>();
    at++;
    blanks();
    while (peek() != '}') {
      String name = name(false);
      blanks();
      expect('=');
      blanks();
      if (labels.put(name, quoted()) != null) {
        throw new IllegalArgumentException("label '" + name + "' twice");
      }
      blanks();
      if (peek() != '}') {
        expect(',');
        blanks();
      }
    }
    at++;
    return labels;
  }

  private String quoted() {
    expect('"');
    StringBuilder text = new StringBuilder();
    while (peek() != '"') {
      char c = next();
      text.append(c == '\\' ? escaped(next()) : c);
    }
    at++;
    return text.toString();
  }

  private static char escaped(char c) {
    return switch (c) {
      case 'n' -> '\n';
      case '\\', '"' -> c;
      default -> throw new IllegalArgumentException("escape '\\" + c + "'");
    };
  }

  private String name(boolean colons) {
    int start = at;
    while (at < line.length() && isNamePart(line.charAt(at), at > start, colons)) {
      at++;
    }
    if (at == start) {
      throw new IllegalArgumentException("no name");
    }
    return line.substring(start, at);
  }

  private static boolean isNamePart(char c, boolean digits, boolean colons) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || c == '_'
        || (digits && c >= '0' && c <= '9')
        || (colons && c == ':');
  }

  private String word() {
    int start = at;
    while (at < line.length() && !isBlank(line.charAt(at))) {
      at++;
    }
    return line.substring(start, at);
  }

  static double number(String word) {
    return switch (word) {
      case "NaN" -> Double.NaN;
      case "+Inf", "Inf" -> Double.POSITIVE_INFINITY;
      case "-Inf" -> Double.NEGATIVE_INFINITY;
      default -> {
        if (!NUMBER.matcher(word).matches()) {
          throw new IllegalArgumentException("no number");
        }
        yield Double.parseDouble(word);
      }
    };
  }

  private static long timestamp(String word) {
    try {
      return Long.parseLong(word);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("no timestamp", e);
    }
  }

  private void expect(char wanted) {
    if (next() != wanted) {
      throw new IllegalArgumentException("no " + wanted);
    }
  }

  private char next() {
    char c = peek();
    at++;
    return c;
  }

  private char peek() {
    if (at >= line.length()) {
      throw new IllegalArgumentException("an end too early");
    }
    return line.charAt(at);
  }

  private void blanks() {
    while (at < line.length() && isBlank(line.charAt(at))) {
      at++;
    }
  }

  private static boolean isBlank(char c) {
    return c == ' ' || c == '\t';
  }
}
