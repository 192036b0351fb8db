package io.mlserve.remote;

import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The part of a URI between the slashes.
 *
 * @param userInfo percent-encoded as written, a secret; empty if there is none
 * @param host empty for files and for the default file system of Hadoop
 * @param port -1 for the usual one
 */
record Authority(String userInfo, String host, int port) {
  static final Authority NONE = new Authority("", "", -1);

  private static final Pattern FORM =
      Pattern.compile("(?:(.*)@)?([A-Za-z0-9._-]*|\\[[0-9A-Fa-f:.]+])(?::([0-9]{1,5}))?");
  private static final int LAST_PORT = 65_535;

  /** {@code INVALID_ARGUMENT} if {@code text} is none that {@code scheme} can have. */
  static Authority parse(Scheme scheme, String text) {
    Matcher parts = FORM.matcher(text);
    if (!parts.matches()) {
      throw SourceUriParser.invalid(
          scheme.text() + " source has a bad host or port (expected: host or host:port)");
    }
    String host = parts.group(2);
    if (host.isEmpty() && !(scheme.isHadoop() && parts.group(3) == null)) {
      throw SourceUriParser.invalid(scheme.text() + " source has no host");
    }
    int port = parts.group(3) == null ? -1 : Integer.parseInt(parts.group(3));
    if (port == 0 || port > LAST_PORT) {
      throw SourceUriParser.invalid("port " + port + " (expected: 1 to " + LAST_PORT + ")");
    }
    String userInfo = Objects.requireNonNullElse(parts.group(1), "");
    SourceUriParser.decoded(userInfo);
    return new Authority(userInfo, host, port);
  }

  /** The host, with the port if one is written. */
  String hostAndPort() {
    return port < 0 ? host : host + ":" + port;
  }

  /** Without the user. */
  @Override
  public String toString() {
    return (userInfo.isEmpty() ? "" : "***@") + hostAndPort();
  }
}
