package io.mlserve.bench;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Locale;

/** Where requests go. */
public sealed interface Endpoint {
  /** As it was given, without secrets: there are none in it. */
  String text();

  /** A host that is reached over a network. */
  sealed interface Remote extends Endpoint {
    String host();

    int port();

    /** Whether it is spoken to over TLS. */
    boolean isSecure();
  }

  /**
   * A server that speaks HTTP/1.1.
   *
   * @param uri with an optional path that comes before those of the API
   */
  record Http(String text, URI uri) implements Remote {
    @Override
    public String host() {
      return uri.getHost();
    }

    @Override
    public int port() {
      return uri.getPort() >= 0 ? uri.getPort() : isSecure() ? 443 : 80;
    }

    @Override
    public boolean isSecure() {
      return "https".equalsIgnoreCase(uri.getScheme());
    }
  }

  /** A server that speaks gRPC. */
  record Grpc(String text, String host, int port, boolean isSecure) implements Remote {}

  /** A server that speaks HTTP/1.1 on a socket in the file system. */
  record Unix(String text, Path socket) implements Endpoint {}

  /** A model that runs in this process: a folder, or an {@code .onnx} file. */
  record InProcess(String text, Path model) implements Endpoint {}

  /** Refuses what is no such address, and one that carries a password. */
  static Endpoint parse(String text) {
    int colon = text.indexOf(':');
    String scheme = colon < 0 ? "" : text.substring(0, colon).toLowerCase(Locale.ROOT);
    return switch (scheme) {
      case "http", "https" -> new Http(text, uri(text));
      case "grpc", "grpcs" -> {
        URI uri = uri(text);
        String path = uri.getRawPath();
        if (uri.getPort() < 0 || !(path == null || path.isEmpty() || path.equals("/"))) {
          throw new MlserveException(
              ErrorCode.INVALID_ARGUMENT, "'" + text + "' (expected: " + scheme + "://HOST:PORT)");
        }
        yield new Grpc(text, uri.getHost(), uri.getPort(), scheme.equals("grpcs"));
      }
      case "unix" -> new Unix(text, path(text, text.startsWith("unix://") ? 7 : 5));
      case "inproc" -> new InProcess(text, path(text, 7));
      default -> throw bad(text);
    };
  }

  private static Path path(String text, int start) {
    if (text.length() == start) {
      throw bad(text);
    }
    return Path.of(text.substring(start));
  }

  private static URI uri(String text) {
    URI uri;
    try {
      uri = new URI(text);
    } catch (URISyntaxException e) {
      throw bad(text);
    }
    if (uri.getHost() == null) {
      throw bad(text);
    }
    if (uri.getRawUserInfo() != null || uri.getRawQuery() != null || uri.getRawFragment() != null) {
      throw new MlserveException(
          ErrorCode.INVALID_ARGUMENT,
          "address of " + uri.getHost() + " with user, query or fragment (expected: none of them)");
    }
    return uri;
  }

  private static MlserveException bad(String text) {
    return new MlserveException(
        ErrorCode.INVALID_ARGUMENT,
        "'"
            + text
            + "' (expected: http://HOST:PORT, grpc://HOST:PORT, unix:///SOCKET or inproc:MODEL)");
  }
}
