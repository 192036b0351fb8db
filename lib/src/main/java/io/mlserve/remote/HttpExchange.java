package io.mlserve.remote;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Sends one request and follows its redirects: at most five, never from https to http, and no
 * credential ever goes to a host, port or scheme that it was not meant for.
 */
final class HttpExchange {
  private static final int MOST_REDIRECTS = 5;

  private final SourceOptions options;
  private final Proxies proxies;
  private final HttpClient client;

  HttpExchange(SourceOptions options) {
    this.options = options;
    this.proxies = new Proxies(options.environment());
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(options.connectTimeout())
            .proxy(proxies)
            .sslContext(TlsTrust.context(options.caFile()))
            .build();
  }

  /** The first response that is no redirect. The caller closes its body. */
  HttpResponse<InputStream> send(String method, SourceUri uri, Map<String, String> headers)
      throws IOException {
    Optional<String> authorization =
        options.credentials().read().or(() -> written(uri)).map(HttpExchange::header);
    URI origin = uri.toUri();
    URI target = origin;
    for (int i = 0; i <= MOST_REDIRECTS; i++) {
      HttpResponse<InputStream> response =
          sendOnce(
              request(method, target, headers, authorization.filter(isFor(origin, target))), uri);
      Optional<String> location =
          response.headers().firstValue("Location").filter(l -> isRedirect(response));
      if (location.isEmpty()) {
        return response;
      }
      response.body().close();
      target = next(target, location.get(), uri);
    }
    throw new MlserveException(
        ErrorCode.INVALID_ARGUMENT,
        uri + " redirects more than " + MOST_REDIRECTS + " times (expected: a file)");
  }

  private static Predicate<String> isFor(URI origin, URI target) {
    boolean same =
        origin.getScheme().equals(target.getScheme())
            && origin.getRawAuthority().equalsIgnoreCase(target.getRawAuthority());
    return authorization -> same;
  }

  private static boolean isRedirect(HttpResponse<?> response) {
    return switch (response.statusCode()) {
      case 301, 302, 303, 307, 308 -> true;
      default -> false;
    };
  }

  private static URI next(URI from, String location, SourceUri uri) {
    URI target;
    try {
      target = from.resolve(new URI(PercentCoding.complete(location, "?#[]")));
    } catch (URISyntaxException e) {
      throw new MlserveException(ErrorCode.DATA_LOSS, uri + " redirects to no URL", e);
    }
    String scheme = String.valueOf(target.getScheme()).toLowerCase(Locale.ROOT);
    boolean http = scheme.equals("http") || scheme.equals("https");
    if (!http || (from.getScheme().equals("https") && scheme.equals("http"))) {
      throw new MlserveException(
          ErrorCode.PERMISSION_DENIED,
          uri + " redirects from " + from.getScheme() + " to " + scheme + " (refused: not secure)");
    }
    if (target.getHost() == null || target.getRawUserInfo() != null) {
      throw new MlserveException(
          ErrorCode.DATA_LOSS, uri + " redirects to an address without a plain host");
    }
    return target;
  }

  private HttpRequest request(
      String method, URI target, Map<String, String> headers, Optional<String> authorization) {
    HttpRequest.Builder request;
    try {
      request = HttpRequest.newBuilder(target);
    } catch (IllegalArgumentException e) {
      throw new MlserveException(
          ErrorCode.INVALID_ARGUMENT, "host '" + target.getRawAuthority() + "' is no host name", e);
    }
    request
        .method(method, HttpRequest.BodyPublishers.noBody())
        .timeout(options.readTimeout())
        .header("Accept-Encoding", "identity")
        .header("User-Agent", "mlserve");
    headers.forEach(request::header);
    authorization.ifPresent(value -> request.header("Authorization", value));
    if (target.getScheme().equals("http")) {
      proxies
          .proxy(target)
          .flatMap(HttpExchange::written)
          .ifPresent(login -> request.header("Proxy-Authorization", header(login)));
    }
    return request.build();
  }

  private HttpResponse<InputStream> sendOnce(HttpRequest request, SourceUri uri)
      throws IOException {
    try {
      return client.send(request, info -> new TimedBody(options.readTimeout()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      InterruptedIOException interrupted = new InterruptedIOException("interrupted");
      interrupted.initCause(e);
      throw interrupted;
    } catch (IllegalArgumentException e) {
      throw new MlserveException(ErrorCode.INVALID_ARGUMENT, "cannot ask for " + uri, e);
    }
  }

  private static Optional<Credential> written(SourceUri uri) {
    return uri.user().map(user -> new Credential.Login(user, uri.password().orElse("")));
  }

  private static String header(Credential credential) {
    if (credential instanceof Credential.Login login) {
      byte[] pair = (login.user() + ":" + login.password()).getBytes(StandardCharsets.UTF_8);
      return "Basic " + Base64.getEncoder().encodeToString(pair);
    }
    return "Bearer " + ((Credential.Token) credential).token();
  }
}
