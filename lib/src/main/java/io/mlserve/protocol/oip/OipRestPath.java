package io.mlserve.protocol.oip;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.serving.Target;
import io.mlserve.version.VersionChoice;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a path below {@code /v2} asks for. Paths are compared as they are, capitals and all.
 *
 * @param model percent-decoded
 * @param version if one was named
 */
record OipRestPath(Resource resource, String model, OptionalLong version) {
  enum Resource {
    SERVER,
    MODELS,
    ALL_STATISTICS,
    METADATA,
    READY,
    CONFIG,
    STATISTICS,
    INFER
  }

  private static final Pattern MODEL =
      Pattern.compile("/v2/models/([^/]+)(?:/versions/([0-9]+))?(?:/(ready|config|stats|infer))?");

  /** Empty if the path has no meaning; {@code NOT_FOUND} if no version can have its number. */
  static Optional<OipRestPath> parse(String path) {
    return switch (path) {
      case "/v2", "/v2/" -> Optional.of(plain(Resource.SERVER));
      case "/v2/models", "/v2/models/" -> Optional.of(plain(Resource.MODELS));
      case "/v2/models/stats" -> Optional.of(plain(Resource.ALL_STATISTICS));
      default -> ofModel(path);
    };
  }

  private static OipRestPath plain(Resource resource) {
    return new OipRestPath(resource, "", OptionalLong.empty());
  }

  private static Optional<OipRestPath> ofModel(String path) {
    Matcher match = MODEL.matcher(path);
    if (!match.matches()) {
      return Optional.empty();
    }
    Optional<String> model = decode(match.group(1));
    if (model.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new OipRestPath(
            resource(match.group(3)), model.get(), version(model.get(), match.group(2))));
  }

  private static Resource resource(@Nullable String word) {
    return word == null
        ? Resource.METADATA
        : switch (word) {
          case "ready" -> Resource.READY;
          case "config" -> Resource.CONFIG;
          case "stats" -> Resource.STATISTICS;
          default -> Resource.INFER; // the pattern knows no other
        };
  }

  private static OptionalLong version(String model, @Nullable String digits) {
    if (digits == null) {
      return OptionalLong.empty();
    }
    try {
      return OptionalLong.of(Long.parseLong(digits));
    } catch (NumberFormatException e) {
      throw new MlserveException(
          ErrorCode.NOT_FOUND,
          "Request for unknown model: '" + model + "' version " + digits + " is not found",
          e);
    }
  }

  /** {@code text} without its percent-encoding; empty if that is malformed. */
  static Optional<String> decode(String text) {
    try {
      // URLDecoder is for forms, where '+' is a space; in a path it is a plus.
      return Optional.of(URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Whom a request to this path is for. */
  Target target() {
    return new Target(
        model,
        version.isPresent()
            ? new VersionChoice.Specific(version.getAsLong())
            : VersionChoice.NEWEST);
  }
}
