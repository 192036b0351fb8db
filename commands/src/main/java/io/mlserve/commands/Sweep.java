package io.mlserve.commands;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Numbers to be tried one after the other: {@code 8}, {@code 1,2,8}, {@code 10:50:10} or {@code
 * 1:64:x2}.
 */
record Sweep(List<Double> values) {
  private static final int MOST = 1000;

  Sweep {
    values = List.copyOf(values);
  }

  static Sweep parse(String text) {
    try {
      String[] parts = text.split(":", -1);
      List<Double> values =
          parts.length == 1
              ? Arrays.stream(text.split(",", -1)).map(Double::valueOf).toList()
              : range(parts);
      if (!values.isEmpty() && values.stream().allMatch(v -> v > 0 && v <= 1e7)) {
        return new Sweep(values);
      }
    } catch (IllegalArgumentException e) {
      // said below with examples
    }
    throw new TypeConversionException(
        "'" + text + "' (expected: numbers above 0 such as 8, 1,2,8, 10:50:10 or 1:64:x2)");
  }

  private static List<Double> range(String[] parts) {
    double from = Double.parseDouble(parts[0]);
    double to = Double.parseDouble(parts[1]);
    boolean times = parts.length == 3 && parts[2].startsWith("x");
    double step =
        parts.length < 3 ? 1 : Double.parseDouble(times ? parts[2].substring(1) : parts[2]);
    if (parts.length > 3 || from > to || step <= (times ? 1 : 0)) {
      throw new IllegalArgumentException("no range");
    }
    List<Double> values = new ArrayList<>();
    for (double v = from; v <= to * (1 + 1e-9); v = times ? v * step : v + step) {
      values.add(v);
      if (values.size() > MOST) {
        throw new IllegalArgumentException("too many");
      }
    }
    return values;
  }

  /** For picocli. */
  static final class Converter implements ITypeConverter<Sweep> {
    @Override
    public Sweep convert(String text) {
      return parse(text);
    }
  }
}
