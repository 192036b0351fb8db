package io.mlserve.model;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import java.util.regex.Pattern;

/**
 * The name under which a model is served: letters, digits, {@code _}, {@code -} and {@code .}, not
 * starting with a dot or dash, at most 128 characters. The same rule holds in URLs, folders and
 * metrics, so a name can never be a path or a surprise.
 */
public record ModelName(String text) {
  private static final Pattern FORM = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}");

  public ModelName {
    if (!isValid(text)) {
      throw new MlserveException(
          ErrorCode.INVALID_ARGUMENT,
          "model name '"
              + text
              + "' (expected: at most 128 letters, digits, '_', '-' or '.', starting with none of the"
              + " last two)");
    }
  }

  /** Whether {@code text} could be a model's name. */
  public static boolean isValid(String text) {
    return FORM.matcher(text).matches();
  }

  @Override
  public String toString() {
    return text;
  }
}
