package io.mlserve.commands;

import io.mlserve.change.Backoff;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code 1s..5m}: the first wait and the longest. */
final class BackoffRange implements ITypeConverter<Backoff> {
  @Override
  public Backoff convert(String text) {
    String[] ends = text.split("\\.\\.", -1);
    try {
      if (ends.length == 2) {
        return new Backoff(Durations.parse(ends[0]), Durations.parse(ends[1]));
      }
    } catch (IllegalArgumentException e) {
      // said below with an example
    }
    throw new TypeConversionException("'" + text + "' (expected: FIRST..LONGEST such as 1s..5m)");
  }
}
