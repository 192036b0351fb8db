package io.mlserve.remote;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
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
  private static final Pattern QUERY_VALUE = Pattern.compile("(?<=[?&;])([^=&;]*=)?[^&;]*");

  private final Scheme scheme;
  private final Authority authority;
  private final String rawPath; // percent-encoded; the plain path for files
  private final String query; // as written, without '?'; empty if there is none

  SourceUri(Scheme scheme, Authority authority, String rawPath, String query) {
    this.scheme = scheme;
    this.authority = authority;
    this.rawPath = rawPath;
    this.query = query;
  }

  /** {@code INVALID_ARGUMENT} if {@code text} names no source. */
  public static SourceUri parse(String text) {
    return SourceUriParser.parse(text);
  }

  /**
   * From parts, nothing of them percent-encoded. A {@code path} that starts with a slash starts at
   * the server's root, also on FTP. An empty {@code host} means the default file system of Hadoop.
   *
   * @param port -1 for the usual one
   */
  public static SourceUri of(Scheme scheme, String host, int port, String path) {
    if (Text.hasControls(path)) {
      throw SourceUriParser.invalid("path has a control character");
    }
    if (scheme == Scheme.FILE) {
      return SourceUriParser.file(path);
    }
    Authority authority = Authority.parse(scheme, port < 0 ? host : host + ":" + port);
    String rooted = path.startsWith("/") && !scheme.isFtp() ? path : "/" + path;
    return new SourceUri(scheme, authority, PercentCoding.encode(rooted), "");
  }

  public Scheme scheme() {
    return scheme;
  }

  /** Name or address, an IPv6 address in brackets; empty where there is none. */
  public String host() {
    return authority.host();
  }

  /** The port, or {@code usual} if none is written. */
  public int portOr(int usual) {
    return authority.port() < 0 ? usual : authority.port();
  }

  /** The host with the port if one is written; no user. */
  public String authority() {
    return authority.hostAndPort();
  }

  /** The user that is written in front of the host. */
  public Optional<String> user() {
    String userInfo = authority.userInfo();
    int colon = userInfo.indexOf(':');
    String user = colon < 0 ? userInfo : userInfo.substring(0, colon);
    return user.isEmpty() ? Optional.empty() : Optional.of(PercentCoding.decode(user));
  }

  /** The password that is written behind the user. */
  public Optional<String> password() {
    String userInfo = authority.userInfo();
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
      throw SourceUriParser.invalid("path has a control character");
    }
    boolean atRoot = rawPath.equals("//") || (scheme == Scheme.FILE && rawPath.equals("/"));
    String base = atRoot ? rawPath : rawPath.replaceFirst("/+$", "") + "/";
    String tail = scheme == Scheme.FILE ? child : PercentCoding.encode(child);
    return new SourceUri(scheme, authority, base + tail, query);
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
    return scheme.text() + "://" + authority + rawPath + masked.replace("null***", "***");
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof SourceUri that
        && scheme == that.scheme
        && authority.equals(that.authority)
        && rawPath.equals(that.rawPath)
        && query.equals(that.query);
  }

  @Override
  public int hashCode() {
    return Objects.hash(scheme, authority, rawPath, query);
  }
}
