package io.mlserve.admin;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a path below {@code /admin/v1/} names. */
sealed interface AdminPath {
  record Status() implements AdminPath {}

  record Model(String model) implements AdminPath {}

  /** {@code load} or {@code unload}. */
  record ModelAction(String model, boolean load) implements AdminPath {}

  record VersionAction(String model, long version, boolean load) implements AdminPath {}

  /** A version, to be retired. */
  record Version(String model, long version) implements AdminPath {}

  record Traffic() implements AdminPath {}

  record Label(String model, String label) implements AdminPath {}

  record Config() implements AdminPath {}

  /** {@code plan}, or {@code apply}. */
  record ConfigAction(boolean apply) implements AdminPath {}

  /** The HTTP methods that it takes. */
  default List<String> methods() {
    if (this instanceof Label) {
      return List.of("PUT", "DELETE");
    }
    if (this instanceof Version) {
      return List.of("DELETE");
    }
    return this instanceof Status
            || this instanceof Traffic
            || this instanceof Model
            || this instanceof Config
        ? List.of("GET", "HEAD")
        : List.of("POST");
  }

  /** Empty if the path names nothing; {@code INVALID_ARGUMENT} if its version is no number. */
  static Optional<AdminPath> parse(String path) {
    return switch (path) {
      case "/admin/v1/status", "/admin/v1/models" -> Optional.of(new Status());
      case "/admin/v1/traffic" -> Optional.of(new Traffic());
      case "/admin/v1/config" -> Optional.of(new Config());
      case "/admin/v1/config/plan" -> Optional.of(new ConfigAction(false));
      case "/admin/v1/config/apply" -> Optional.of(new ConfigAction(true));
      default -> Forms.model(path);
    };
  }

  /** Paths that name a model. Names are letters and digits by their rule: nothing to decode. */
  final class Forms {
    private static final Pattern MODEL =
        Pattern.compile(
            "/admin/v1/models/([\\w.-]+)"
                + "(?:(/labels/([\\w.-]+))|((?:/versions/(\\d+))?/(load|unload)))?");
    private static final Pattern VERSION =
        Pattern.compile("/admin/v1/models/([\\w.-]+)/versions/(\\d+)");

    private Forms() {}

    private static Optional<AdminPath> model(String path) {
      Matcher form = MODEL.matcher(path);
      if (!form.matches()) {
        Matcher numbered = VERSION.matcher(path);
        return numbered.matches()
            ? Optional.of(new Version(numbered.group(1), version(numbered.group(2))))
            : Optional.empty();
      }
      String model = form.group(1);
      if (form.group(2) != null) {
        return Optional.of(new Label(model, form.group(3)));
      }
      if (form.group(4) == null) {
        return Optional.of(new Model(model));
      }
      boolean load = form.group(6).equals("load");
      return Optional.of(
          form.group(5) == null
              ? new ModelAction(model, load)
              : new VersionAction(model, version(form.group(5)), load));
    }

    private static long version(String digits) {
      try {
        return Long.parseLong(digits);
      } catch (NumberFormatException e) {
        throw new MlserveException(
            ErrorCode.INVALID_ARGUMENT, "version " + digits + " (expected: less than 2^63)", e);
      }
    }
  }
}
