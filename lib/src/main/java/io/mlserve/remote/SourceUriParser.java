package io.mlserve.remote;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads a {@link SourceUri}. Messages never quote a part that may hold a secret. */
final class SourceUriParser {
  private static final Pattern SCHEME = Pattern.compile("([A-Za-z][A-Za-z0-9+.-]+):(.*)");

  private SourceUriParser() {}

  /** {@code INVALID_ARGUMENT} if {@code text} names no source. */
  static SourceUri parse(String text) {
    if (text.isEmpty() || Text.hasControls(text)) {
      throw invalid("source is " + (text.isEmpty() ? "empty" : "text with a control character"));
    }
    Matcher parts = SCHEME.matcher(text);
    if (!parts.matches()) {
      return file(text);
    }
    String name = parts.group(1);
    Scheme scheme =
        Scheme.of(name)
            .orElseThrow(
                () ->
                    invalid("source has scheme '" + name + "' (expected: " + Scheme.known() + ")")
                        .withHint("a local file with a colon in its name is written ./" + name));
    return scheme == Scheme.FILE ? parseFile(parts.group(2)) : parseRemote(scheme, parts.group(2));
  }

  private static SourceUri parseFile(String rest) {
    String path = rest;
    if (rest.startsWith("//")) {
      int end = rest.indexOf('/', 2);
      String host = end < 0 ? rest.substring(2) : rest.substring(2, end);
      if (end < 0 || !(host.isEmpty() || host.equals("localhost"))) {
        throw invalid("file source names host '" + host + "' (expected: file:/path)");
      }
      path = rest.substring(end);
    }
    return file(decoded(path));
  }

  static SourceUri file(String path) {
    try {
      return new SourceUri(Scheme.FILE, Authority.NONE, Path.of(path).toString(), "");
    } catch (InvalidPathException e) {
      throw invalid("source '" + path + "' is no path here: " + e.getReason());
    }
  }

  private static SourceUri parseRemote(Scheme scheme, String rest) {
    if (!rest.startsWith("//")) {
      throw invalid(scheme.text() + " source (expected: " + scheme.text() + "://host/path)");
    }
    int pathStart = firstOf(rest, scheme.isHttp() ? "/?#" : "/");
    Authority authority = Authority.parse(scheme, rest.substring(2, pathStart));
    String path = rest.substring(pathStart);
    String query = "";
    if (scheme.isHttp()) {
      if (path.indexOf('#') >= 0) {
        throw invalid("source has a '#' (expected: none, or %23 for one in a name)");
      }
      int mark = path.indexOf('?');
      query = mark < 0 ? "" : path.substring(mark + 1).replace(" ", "%20");
      path = mark < 0 ? path : path.substring(0, mark);
    }
    decoded(path);
    return new SourceUri(
        scheme, authority, PercentCoding.complete(path.isEmpty() ? "/" : path), query);
  }

  private static int firstOf(String rest, String ends) {
    for (int i = 2; i < rest.length(); i++) {
      if (ends.indexOf(rest.charAt(i)) >= 0) {
        return i;
      }
    }
    return rest.length();
  }

  static String decoded(String encoded) {
    try {
      String plain = PercentCoding.decode(encoded);
      if (Text.hasControls(plain)) {
        throw invalid("source has an encoded control character");
      }
      return plain;
    } catch (IllegalArgumentException e) {
      throw invalid("source has " + e.getMessage() + " (expected: UTF-8, a percent sign as %25)");
    }
  }

  static MlserveException invalid(String message) {
    return new MlserveException(ErrorCode.INVALID_ARGUMENT, message);
  }
}
