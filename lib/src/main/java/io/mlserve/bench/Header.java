package io.mlserve.bench;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import java.util.Locale;

/** A header of HTTP, or an entry of gRPC's metadata. */
public record Header(String name, String value) {
  /** Refuses names and values that would end the line that they stand in. */
  public Header {
    boolean token = !name.isEmpty() && name.chars().allMatch(Header::isTokenCharacter);
    if (!token || value.chars().anyMatch(c -> (c < ' ' && c != '\t') || c == 127 || c > 255)) {
      throw new MlserveException(
          ErrorCode.INVALID_ARGUMENT, "header '" + name + "' (expected: NAME: VALUE in one line)");
    }
  }

  /** Reads {@code NAME: VALUE}. The value is not repeated in any message: it may be a secret. */
  public static Header parse(String text) {
    int colon = text.indexOf(':');
    if (colon < 1) {
      throw new MlserveException(
          ErrorCode.INVALID_ARGUMENT, "header without a name (expected: NAME: VALUE)");
    }
    return new Header(text.substring(0, colon).strip(), text.substring(colon + 1).strip());
  }

  boolean is(String other) {
    return name.toLowerCase(Locale.ROOT).equals(other);
  }

  private static boolean isTokenCharacter(int c) {
    return c > ' ' && c < 127 && "\"(),/:;<=>?@[\\]{}".indexOf(c) < 0;
  }
}
