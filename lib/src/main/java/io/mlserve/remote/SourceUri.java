package io.mlserve.remote;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where models come from: {@code http://host/path}, {@code hdfs://namenode:8020/path}, {@code
 * ftp://user@host/path}, {@code file:/path} or a bare local path.
 *
 * <p>Paths may be percent-encoded or plain, blanks included; a bare local path is taken as it is.
 * As with curl, {@code ftp://host/a} is {@code a} in the folder that the login starts in, and
 * {@code ftp://host//a} is {@code /a}. {@code hdfs:///a} means the file system that the Hadoop
 * configuration names as its default.
 *
 * <p>A user, a password and what a query holds never appear in {@link #toString()}: it is safe in
 * logs.
 */
public final class SourceUri {
  private static final Pattern SCHEME = Pattern.compile("([A-Za-z][A-Za-z0-9+.-]+):(.*)");
  private static final Pattern AUTHORITY =
      Pattern.compile("(?:(.*)@)?([A-Za-z0-9._-]*|\\[[0-9A-Fa-f:.]+])(?::([0-9]{1,5}))?");
  private static final Pattern QUERY_VALUE = Pattern.compile("(?<=[?&;])([^=&;]*=)?[^&;]*");
  private static final int LAST_PORT = 65_535;

  private final Scheme scheme;
  private final String userInfo; // percent-encoded as written; empty if there is none
  private final String host; // empty for files and for the default file system
  private final int port; // -1: the default of the scheme
  private final String rawPath; // percent-encoded; the plain path for files
  private final String query; // as written, without '?'; empty if there is none

  private SourceUri(Scheme scheme, Authority authority, String rawPath, String query) {
    this.scheme = scheme;
    this.userInfo = authority.userInfo;
    this.host = authority.host;
    this.port = authority.port;
    this.rawPath = rawPath;
    this.query = query;
  }

  private record Authority(String userInfo, String host, int port) {
    static final Authority NONE = new Authority("", "", -1);
  }

  /** {@code INVALID_ARGUMENT} if {@code text} names no source. */
  public static SourceUri parse(String text) {
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

  /**
   * From parts, nothing of them percent-encoded. A {@code path} that starts with a slash starts at
   * the server's root, also on FTP. An empty {@code host} means the default file system of Hadoop.
   *
   * @param port -1 for the usual one
   */
  public static SourceUri of(Scheme scheme, String host, int port, String path) {
    if (Text.hasControls(path)) {
      throw invalid("path has a control character");
    }
    if (scheme == Scheme.FILE) {
      return file(path);
    }
    Authority authority = authority(scheme, port < 0 ? host : host + ":" + port);
    String rooted = path.startsWith("/") && !scheme.isFtp() ? path : "/" + path;
    return new SourceUri(scheme, authority, PercentCoding.encode(rooted), "");
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

  private static SourceUri file(String path) {
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
    Authority authority = authority(scheme, rest.substring(2, pathStart));
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

  private static Authority authority(Scheme scheme, String text) {
    Matcher parts = AUTHORITY.matcher(text);
    if (!parts.matches()) {
      throw invalid(scheme.text() + " source has a bad host or port (expected: host or host:port)");
    }
    String host = parts.group(2);
    if (host.isEmpty() && !(scheme.isHadoop() && parts.group(3) == null)) {
      throw invalid(scheme.text() + " source has no host");
    }
    int port = parts.group(3) == null ? -1 : Integer.parseInt(parts.group(3));
    if (port == 0 || port > LAST_PORT) {
      throw invalid("port " + port + " (expected: 1 to " + LAST_PORT + ")");
    }
    String userInfo = Objects.requireNonNullElse(parts.group(1), "");
    decoded(userInfo);
    return new Authority(userInfo, host, port);
  }

  private static String decoded(String encoded) {
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

  private static MlserveException invalid(String message) {
    return new MlserveException(ErrorCode.INVALID_ARGUMENT, message);
  }

  public Scheme scheme() {
    return scheme;
  }

  /** Name or address, an IPv6 address in brackets; empty where there is none. */
  public String host() {
    return host;
  }

  /** The port, or {@code usual} if none is written. */
  public int portOr(int usual) {
    return port < 0 ? usual : port;
  }

  /** The host with the port if one is written; no user. */
  public String authority() {
    return port < 0 ? host : host + ":" + port;
  }

  /** The user that is written in front of the host. */
  public Optional<String> user() {
    int colon = userInfo.indexOf(':');
    String user = colon < 0 ? userInfo : userInfo.substring(0, colon);
    return user.isEmpty() ? Optional.empty() : Optional.of(PercentCoding.decode(user));
  }

  /** The password that is written behind the user. */
  public Optional<String> password() {
    int colon = userInfo.indexOf(':');
    return colon < 0
        ? Optional.empty()
        : Optional.of(PercentCoding.decode(userInfo.substring(colon + 1)));
  }

  /** The path as its server knows it: decoded, and relative only for files and on FTP. */
  public String path() {
    if (scheme == Scheme.FILE) {
      return rawPath;
    }
    String path = PercentCoding.decode(rawPath);
    return scheme.isFtp() ? path.substring(1) : path;
  }

  /** The last part of the path, decoded; empty when it has none. */
  public String name() {
    String path = path();
    int end = path.length();
    while (end > 0 && path.charAt(end - 1) == '/') {
      end--;
    }
    return path.substring(path.lastIndexOf('/', end - 1) + 1, end);
  }

  /**
   * The same with a plain, not encoded path below it, joined with exactly one slash. An empty path
   * changes nothing. A query stays.
   */
  public SourceUri resolve(String path) {
    String child = path.replaceFirst("^/+", "");
    if (child.isEmpty()) {
      return this;
    }
    if (Text.hasControls(child)) {
      throw invalid("path has a control character");
    }
    boolean atRoot = rawPath.equals("//") || (scheme == Scheme.FILE && rawPath.equals("/"));
    String base = atRoot ? rawPath : rawPath.replaceFirst("/+$", "") + "/";
    String tail = scheme == Scheme.FILE ? child : PercentCoding.encode(child);
    return new SourceUri(scheme, new Authority(userInfo, host, port), base + tail, query);
  }

  /**
   * A digest that is the same for the same source, whoever asks for it: to recognise it later
   * without writing its query down.
   */
  public String identity() {
    String place = scheme == Scheme.FILE ? Path.of(rawPath).toAbsolutePath().toString() : rawPath;
    String whole = String.join("\n", scheme.text(), authority(), place, query);
    return Checksum.of(whole.getBytes(StandardCharsets.UTF_8)).hex();
  }

  /** For a client that sends it: percent-encoded, with the query and without the user. */
  URI toUri() {
    return URI.create(
        scheme.text() + "://" + authority() + rawPath + (query.isEmpty() ? "" : "?" + query));
  }

  /** For messages: the user and the values of a query are masked. */
  @Override
  public String toString() {
    if (scheme == Scheme.FILE) {
      return rawPath;
    }
    String masked = QUERY_VALUE.matcher(query.isEmpty() ? "" : "?" + query).replaceAll("$1***");
    return scheme.text()
        + "://"
        + (userInfo.isEmpty() ? "" : "***@")
        + authority()
        + rawPath
        + masked.replace("null***", "***");
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof SourceUri that
        && scheme == that.scheme
        && userInfo.equals(that.userInfo)
        && host.equals(that.host)
        && port == that.port
        && rawPath.equals(that.rawPath)
        && query.equals(that.query);
  }

  @Override
  public int hashCode() {
    return Objects.hash(scheme, userInfo, host, port, rawPath, query);
  }
}
