package io.mlserve.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.fixtures.net.SelfSigned;
import io.mlserve.tls.TlsFiles;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(NettyLeaks.class)
class HttpTlsTest {
  @TempDir private static Path folder;
  private static SelfSigned certificate;

  @BeforeAll
  static void create() throws Exception {
    certificate = SelfSigned.create(folder, "ip:127.0.0.1");
  }

  private static HttpEngine open(Optional<Path> clientAuthority) {
    return open(new TlsFiles(certificate.pem(), certificate.key(), clientAuthority));
  }

  private static HttpEngine open(TlsFiles files) {
    return HttpEngine.open(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
        EngineFixture.LOOPS,
        EngineFixture.timeouts(Duration.ofSeconds(1), EngineFixture.LONG, EngineFixture.LONG),
        Optional.of(files),
        EngineFixture::echo);
  }

  private static SSLContext trusting(@Nullable KeyManagerFactory own) throws Exception {
    KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
    trusted.load(null, null);
    try (InputStream in = Files.newInputStream(certificate.pem())) {
      trusted.setCertificateEntry(
          "server", CertificateFactory.getInstance("X.509").generateCertificate(in));
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(own == null ? null : own.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }

  private static HttpResponse<String> post(HttpEngine engine, SSLContext context, String body)
      throws Exception {
    return HttpClient.newBuilder()
        .sslContext(context)
        .version(HttpClient.Version.HTTP_1_1)
        .build()
        .send(
            HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + engine.port() + "/path"))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void clientThatTrustsTheCertificateIsAnswered() throws Exception {
    try (HttpEngine engine = open(Optional.empty())) {
      String large = "x".repeat(300_000);
      assertThat(post(engine, trusting(null), "small").body()).isEqualTo("POST /path small");
      assertThat(post(engine, trusting(null), large).body()).isEqualTo("POST /path " + large);
    }
  }

  @Test
  void lastAnswerOfAConnectionIsWholeAndEndsProperly() throws Exception {
    try (HttpEngine engine = open(Optional.empty());
        SSLSocket socket =
            (SSLSocket)
                trusting(null)
                    .getSocketFactory()
                    .createSocket(InetAddress.getLoopbackAddress(), engine.port())) {
      socket.setSoTimeout(10_000);
      socket
          .getOutputStream()
          .write(
              "GET /last HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
      // Without TLS's own farewell this would be an SSLException: somebody may have cut the answer.
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      assertThat(answer).endsWith("GET /last ");
    }
  }

  @Test
  void clientHasToShowACertificateOfTheAuthorityIfOneIsNamed() throws Exception {
    try (HttpEngine engine = open(Optional.of(certificate.pem()))) {
      assertThatExceptionOfType(IOException.class)
          .isThrownBy(() -> post(engine, trusting(null), "x"));
      KeyStore store = KeyStore.getInstance("PKCS12");
      try (InputStream in = Files.newInputStream(certificate.store())) {
        store.load(in, SelfSigned.PASSWORD.toCharArray());
      }
      KeyManagerFactory own =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      own.init(store, SelfSigned.PASSWORD.toCharArray());
      assertThat(post(engine, trusting(own), "x").body()).isEqualTo("POST /path x");
    }
  }

  @Test
  void clientThatNeverShakesHandsIsLeftAlone() throws Exception {
    try (HttpEngine engine = open(Optional.empty());
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), engine.port())) {
      socket.setSoTimeout(20_000);
      assertThat(socket.getInputStream().read()).isEqualTo(-1);
    }
  }

  @Test
  void plainTextIsNotAnswered() throws Exception {
    try (HttpEngine engine = open(Optional.empty());
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), engine.port())) {
      socket.setSoTimeout(20_000);
      socket
          .getOutputStream()
          .write("GET / HTTP/1.1\r\nhost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1))
          .doesNotContain("HTTP/1.1");
    }
  }

  @Test
  void filesThatAreNoCertificateAreNamed() {
    assertThatExceptionOfType(MlserveException.class)
        .isThrownBy(
            () ->
                open(new TlsFiles(certificate.pem(), folder.resolve("none.pem"), Optional.empty())))
        .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND))
        .withMessageContaining("none.pem");
    assertThatExceptionOfType(MlserveException.class)
        .isThrownBy(
            () -> open(new TlsFiles(certificate.pem(), certificate.pem(), Optional.empty())))
        .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT));
  }

  @Test
  void clientThatTrustsNobodyIsTheOneToEnd() throws Exception {
    try (HttpEngine engine = open(Optional.empty())) {
      assertThatExceptionOfType(SSLException.class)
          .isThrownBy(() -> post(engine, SSLContext.getDefault(), "x"));
      assertThat(post(engine, trusting(null), "x").statusCode()).isEqualTo(200);
    }
  }
}
