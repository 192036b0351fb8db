package io.mlserve.remote;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The proxy variables of the environment, as curl reads them: {@code HTTPS_PROXY}, {@code
 * HTTP_PROXY}, {@code ALL_PROXY} and {@code NO_PROXY}, or the same in lower case, which win. This
 * machine itself is never reached through a proxy.
 */
final class Proxies extends ProxySelector {
  private static final int USUAL_PORT = 1080;

  private final Map<String, String> environment;

  Proxies(Map<String, String> environment) {
    this.environment = environment;
  }

  @Override
  public List<Proxy> select(URI uri) {
    return List.of(
        proxy(uri)
            .map(
                p -> new Proxy(Proxy.Type.HTTP, new InetSocketAddress(p.host(), p.portOr(port(p)))))
            .orElse(Proxy.NO_PROXY));
  }

  private static int port(SourceUri proxy) {
    return proxy.scheme() == Scheme.HTTPS ? 443 : USUAL_PORT;
  }

  @Override
  public void connectFailed(URI uri, SocketAddress address, IOException failure) {}

  /** The proxy for {@code uri}, if there is one. */
  Optional<SourceUri> proxy(URI uri) {
    String host = String.valueOf(uri.getHost()).toLowerCase(Locale.ROOT);
    if (isHere(host) || isExempt(host)) {
      return Optional.empty();
    }
    return variable(uri.getScheme() + "_proxy").or(() -> variable("all_proxy")).map(Proxies::parse);
  }

  private static SourceUri parse(String text) {
    SourceUri proxy = SourceUri.parse(text.contains("://") ? text : "http://" + text);
    if (proxy.scheme() != Scheme.HTTP) {
      throw new MlserveException(
          ErrorCode.INVALID_ARGUMENT, "proxy " + proxy + " (expected: http://host:port)");
    }
    return proxy;
  }

  private Optional<String> variable(String name) {
    return Stream.of(name, name.toUpperCase(Locale.ROOT))
        .map(key -> environment.getOrDefault(key, "").strip())
        .filter(value -> !value.isEmpty())
        .findFirst();
  }

  private static boolean isHere(String host) {
    return host.equals("localhost") || host.startsWith("127.") || host.equals("[::1]");
  }

  private boolean isExempt(String host) {
    for (String entry : variable("no_proxy").orElse("").split(",", -1)) {
      String suffix = entry.strip().toLowerCase(Locale.ROOT).replaceFirst("^\\.", "");
      if (suffix.equals("*")
          || (!suffix.isEmpty() && (host.equals(suffix) || host.endsWith("." + suffix)))) {
        return true;
      }
    }
    return false;
  }
}
