package io.mlserve.commands;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Addresses of servers as users write them. */
final class ServerUrl {
  static final String METRICS = "/metrics";

  private ServerUrl() {}

  /** An address whose path is {@code usualPath} if it has none. */
  static URI withPath(CommandSpec command, String url, String usualPath) {
    URI uri = parse(command, url);
    String path = uri.getRawPath();
    return path.isEmpty() || path.equals("/") ? uri.resolve(usualPath) : uri;
  }

  /** Whether something is meant as an address, not as a file. */
  static boolean isUrl(String text) {
    return text.regionMatches(true, 0, "http://", 0, 7)
        || text.regionMatches(true, 0, "https://", 0, 8);
  }

  /** An address as it is. */
  static URI parse(CommandSpec command, String url) {
    try {
      URI uri = new URI(url);
      String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
      boolean web = scheme.equals("http") || scheme.equals("https");
      if (web && uri.getHost() != null && uri.getRawUserInfo() == null) {
        return uri;
      }
    } catch (URISyntaxException e) {
      // falls through to the same message
    }
    // the address is not repeated: it may hold a password
    throw new ParameterException(
        command.commandLine(), "URL (expected: http://HOST:PORT, without a user)");
  }
}
