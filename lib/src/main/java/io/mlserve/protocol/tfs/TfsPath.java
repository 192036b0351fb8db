package io.mlserve.protocol.tfs;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.serving.Target;
import io.mlserve.version.VersionChoice;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a path below {@code /v1/} asks for. The path as a whole is matched without regard to case.
 *
 * @param model percent-decoded
 * @param version if one was named
 * @param label if one was named, percent-decoded
 */
record TfsPath(Verb verb, String model, OptionalLong version, Optional<String> label) {
  enum Verb {
    LIST,
    STATUS,
    METADATA,
    PREDICT,
    CLASSIFY,
    REGRESS
  }

  private static final Pattern LIST = Pattern.compile("(?i)/v1/models/?");
  private static final Pattern MODEL =
      Pattern.compile(
          "(?i)/v1/models/([^/:]+)(?:/versions/(\\d+)|/labels/([^/:]+))?"
              + "(/metadata|:predict|:classify|:regress)?");

  private static final String MODELS = "/v1/models/";
  private static final String PREDICT = ":predict";

  /** Empty if the path has no meaning; {@code INVALID_ARGUMENT} if its version is no number. */
  static Optional<TfsPath> parse(String path) {
    return isUsual(path)
        ? Optional.of(
            new TfsPath(
                Verb.PREDICT,
                path.substring(MODELS.length(), path.length() - PREDICT.length()),
                OptionalLong.empty(),
                Optional.empty()))
        : match(path);
  }

  // Almost every request has such a path, and the pattern costs half as much as all the rest of it:
  // a prediction of the default version of a model whose name means itself.
  private static boolean isUsual(String path) {
    int end = path.length() - PREDICT.length();
    if (end <= MODELS.length() || !path.startsWith(MODELS) || !path.endsWith(PREDICT)) {
      return false;
    }
    for (int i = MODELS.length(); i < end; i++) {
      char c = path.charAt(i);
      if (c == '/' || c == ':' || c == '%') {
        return false;
      }
    }
    return true;
  }

  private static Optional<TfsPath> match(String path) {
    if (LIST.matcher(path).matches()) {
      return Optional.of(new TfsPath(Verb.LIST, "", OptionalLong.empty(), Optional.empty()));
    }
    Matcher match = MODEL.matcher(path);
    if (!match.matches()) {
      return Optional.empty();
    }
    Optional<String> model = decode(match.group(1));
    Optional<String> label = Optional.ofNullable(match.group(3)).flatMap(TfsPath::decode);
    if (model.isEmpty() || (match.group(3) != null && label.isEmpty())) {
      return Optional.empty();
    }
    return Optional.of(
        new TfsPath(verb(match.group(4)), model.get(), version(match.group(2)), label));
  }

  /** Whom a request to this path is for. */
  Target target() {
    if (version.isPresent()) {
      return new Target(model, new VersionChoice.Specific(version.getAsLong()));
    }
    return new Target(
        model, label.<VersionChoice>map(VersionChoice.Label::new).orElse(VersionChoice.NEWEST));
  }

  private static Verb verb(@org.jspecify.annotations.Nullable String suffix) {
    return suffix == null
        ? Verb.STATUS
        : switch (suffix.toLowerCase(Locale.ROOT)) {
          case "/metadata" -> Verb.METADATA;
          case ":predict" -> Verb.PREDICT;
          case ":classify" -> Verb.CLASSIFY;
          default -> Verb.REGRESS; // the pattern knows no other
        };
  }

  private static OptionalLong version(@org.jspecify.annotations.Nullable String digits) {
    if (digits == null) {
      return OptionalLong.empty();
    }
    try {
      return OptionalLong.of(Long.parseLong(digits));
    } catch (NumberFormatException e) {
      throw new MlserveException(
          ErrorCode.INVALID_ARGUMENT, "Failed to convert version: " + digits + " to numeric.", e);
    }
  }

  private static Optional<String> decode(String text) {
    try {
      // URLDecoder is for forms, where '+' is a space; in a path it is a plus.
      return Optional.of(URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
