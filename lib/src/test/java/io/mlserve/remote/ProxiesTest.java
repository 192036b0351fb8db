package io.mlserve.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mlserve.fixtures.net.FaultyHttpServer;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProxiesTest {
  private static final Map<String, String> ENVIRONMENT =
      Map.of(
          "HTTPS_PROXY", "http://secure:1",
          "http_proxy", "plain:2",
          "HTTP_PROXY", "http://not.this.one:3",
          "NO_PROXY", "direct.org, .dotted.org,10.0.0.1");

  @ParameterizedTest
  @CsvSource({
    "https://example.org/, http://secure:1/",
    "http://example.org/, http://plain:2/",
    "http://direct.org/, ''",
    "http://sub.direct.org/, ''",
    "http://notdirect.org/, http://plain:2/",
    "http://a.dotted.org/, ''",
    "http://10.0.0.1:8080/, ''",
    "http://10.0.0.10/, http://plain:2/",
    "http://localhost:80/, ''",
    "http://127.0.0.1/, ''",
    "http://[::1]/, ''",
  })
  void variablesAreReadAsCurlDoes(String target, String proxy) {
    assertThat(new Proxies(ENVIRONMENT).proxy(URI.create(target)).map(SourceUri::toString))
        .isEqualTo(proxy.isEmpty() ? Optional.empty() : Optional.of(proxy));
  }

  @Test
  void starExemptsAll() {
    Proxies proxies = new Proxies(Map.of("ALL_PROXY", "http://p:1", "no_proxy", "*"));
    assertThat(proxies.proxy(URI.create("http://example.org"))).isEmpty();
  }

  @Test
  void proxyIsAskedWithItsOwnLogin() {
    try (FaultyHttpServer proxy = FaultyHttpServer.start()) {
      SourceOptions options =
          SourceOptions.DEFAULTS
              .withCredentials(Credentials.of(new Credential.Login("me", "mine")))
              .withEnvironment(Map.of("http_proxy", "http://you:yours@127.0.0.1:" + proxy.port()));
      try (ModelSource source =
          ModelSources.open(SourceUri.parse("http://model.example/x"), options)) {
        source.stat("");
      }
      assertThat(proxy.requests()).isNotEmpty();
      assertThat(proxy.requests().get(0).header("Proxy-Authorization"))
          .contains("Basic eW91OnlvdXJz");
      assertThat(proxy.requests().get(0).header("Authorization")).contains("Basic bWU6bWluZQ==");
    }
  }

  @Test
  void secretOfABadProxyIsNotShown() {
    Proxies proxies = new Proxies(Map.of("ALL_PROXY", "ftp://me:secret@p:1"));
    assertThatThrownBy(() -> proxies.proxy(URI.create("http://example.org")))
        .hasMessageContaining("ftp://***@p:1")
        .hasMessageNotContaining("secret");
  }
}
