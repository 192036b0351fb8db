package io.mlserve.bench;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.OptionalLong;

/**
 * A model on a server that speaks the REST API of TensorFlow Serving.
 *
 * @param base where the server is, {@code http://host:port} with an optional path before {@code
 *     /v1}
 * @param version the version to ask for; empty for whichever the server thinks right
 */
public record Target(URI base, String model, OptionalLong version) {
  /** Refuses what is no http or https address, and one that carries a password. */
  public static Target parse(String base, String model, OptionalLong version) {
    URI uri;
    try {
      uri = new URI(base);
    } catch (URISyntaxException e) {
      throw bad(base);
    }
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    if (uri.getHost() == null || !(scheme.equals("http") || scheme.equals("https"))) {
      throw bad(base);
    }
    if (uri.getRawUserInfo() != null || uri.getRawQuery() != null || uri.getRawFragment() != null) {
      throw new MlserveException(
          ErrorCode.INVALID_ARGUMENT,
          "address of " + uri.getHost() + " with user, query or fragment (expected: none of them)");
    }
    return new Target(uri, model, version);
  }

  /** {@code GET} this for the state of the versions. */
  public String statusPath() {
    String prefix = base.getRawPath().replaceAll("/+$", "");
    String name = URLEncoder.encode(model, StandardCharsets.UTF_8).replace("+", "%20");
    String path = prefix + "/v1/models/" + name;
    return version.isPresent() ? path + "/versions/" + version.getAsLong() : path;
  }

  /** {@code GET} this for the signature. */
  public String metadataPath() {
    return statusPath() + "/metadata";
  }

  /** {@code POST} inputs to this. */
  public String predictPath() {
    return statusPath() + ":predict";
  }

  /** The host, and the port if one was given, as HTTP's Host header wants them. */
  public String authority() {
    return base.getRawAuthority();
  }

  /** The port that was given, or the one that the scheme stands for. */
  public int port() {
    return base.getPort() >= 0 ? base.getPort() : isSecure() ? 443 : 80;
  }

  public boolean isSecure() {
    return base.getScheme().equalsIgnoreCase("https");
  }

  private static MlserveException bad(String base) {
    return new MlserveException(
        ErrorCode.INVALID_ARGUMENT, "'" + base + "' (expected: http://HOST:PORT)");
  }
}
