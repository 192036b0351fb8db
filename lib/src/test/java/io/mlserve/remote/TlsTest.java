package io.mlserve.remote;

import static io.mlserve.remote.ModelSourceContract.assertCode;
import static io.mlserve.remote.ModelSourceContract.read;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.mlserve.error.ErrorCode;
import io.mlserve.fixtures.net.SelfSigned;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.ftpserver.DataConnectionConfigurationFactory;
import org.apache.ftpserver.FtpServer;
import org.apache.ftpserver.FtpServerFactory;
import org.apache.ftpserver.listener.Listener;
import org.apache.ftpserver.listener.ListenerFactory;
import org.apache.ftpserver.ssl.SslConfiguration;
import org.apache.ftpserver.ssl.SslConfigurationFactory;
import org.apache.ftpserver.usermanager.impl.BaseUser;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** HTTPS and FTP over TLS: whom they trust, and what they never do. */
class TlsTest {
  private static final byte[] BYTES = "the model".getBytes(StandardCharsets.UTF_8);
  private static final SourceOptions OPTIONS =
      SourceOptions.DEFAULTS
          .withTimeouts(Duration.ofSeconds(5), Duration.ofSeconds(5))
          .withEnvironment(Map.of());

  @TempDir private static Path keys;
  private static SelfSigned right;
  private static SelfSigned otherHost;

  @BeforeAll
  static void makeKeys() throws Exception {
    right = SelfSigned.create(Files.createDirectory(keys.resolve("a")), "ip:127.0.0.1");
    otherHost = SelfSigned.create(Files.createDirectory(keys.resolve("b")), "dns:example.org");
  }

  private static SourceOptions trusting(SelfSigned certificate) {
    return OPTIONS.withCaFile(Optional.of(certificate.pem()));
  }

  private interface Answer {
    void give(HttpExchange exchange) throws IOException;
  }

  private static HttpsServer https(SelfSigned certificate, Answer answer) throws Exception {
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(certificate.context()));
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            answer.give(exchange);
          }
        });
    server.start();
    return server;
  }

  private static void sendBytes(HttpExchange exchange) throws IOException {
    exchange.sendResponseHeaders(200, BYTES.length);
    exchange.getResponseBody().write(BYTES);
  }

  private static ModelSource open(String scheme, int port, SourceOptions options) {
    return ModelSources.open(SourceUri.parse(scheme + "://127.0.0.1:" + port + "/"), options);
  }

  @Test
  void httpsTrustsTheGivenAuthorityOnly() throws Exception {
    HttpsServer server = https(right, TlsTest::sendBytes);
    try (ModelSource trusting = open("https", server.getAddress().getPort(), trusting(right));
        ModelSource strict = open("https", server.getAddress().getPort(), OPTIONS);
        ModelSource misled = open("https", server.getAddress().getPort(), trusting(otherHost))) {
      assertThat(read(trusting, "m")).isEqualTo(BYTES);
      assertCode(ErrorCode.UNAUTHENTICATED, () -> read(strict, "m"));
      assertCode(ErrorCode.UNAUTHENTICATED, () -> read(misled, "m"));
    } finally {
      server.stop(0);
    }
  }

  @Test
  void httpsChecksTheHostName() throws Exception {
    HttpsServer server = https(otherHost, TlsTest::sendBytes);
    try (ModelSource source = open("https", server.getAddress().getPort(), trusting(otherHost))) {
      assertCode(ErrorCode.UNAUTHENTICATED, () -> read(source, "m"));
    } finally {
      server.stop(0);
    }
  }

  @Test
  void redirectFromHttpsToHttpIsRefused() throws Exception {
    HttpsServer server =
        https(
            right,
            exchange -> {
              exchange.getResponseHeaders().add("Location", "http://127.0.0.1:9/m");
              exchange.sendResponseHeaders(302, -1);
            });
    try (ModelSource source = open("https", server.getAddress().getPort(), trusting(right))) {
      assertCode(ErrorCode.PERMISSION_DENIED, () -> read(source, "m"));
    } finally {
      server.stop(0);
    }
  }

  @Test
  void badCaFileIsNamed() throws Exception {
    Path empty = Files.createFile(keys.resolve("empty.pem"));
    try (ModelSource source = open("https", 9, OPTIONS.withCaFile(Optional.of(empty)))) {
      assertCode(ErrorCode.INVALID_ARGUMENT, () -> source.stat("m"));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void ftpOverTlsTrustsTheGivenAuthorityOnly(boolean implicit, @TempDir Path folder)
      throws Exception {
    Files.write(folder.resolve("m"), BYTES);
    Listener listener = ftpListener(right, implicit);
    FtpServer server = ftps(listener, folder);
    try (ModelSource trusting = ftp(implicit, listener.getPort(), trusting(right));
        ModelSource strict = ftp(implicit, listener.getPort(), OPTIONS)) {
      assertThat(read(trusting, "m")).isEqualTo(BYTES);
      assertThat(trusting.list("")).extracting(RemoteEntry::name).containsExactly("m");
      assertCode(ErrorCode.UNAUTHENTICATED, () -> read(strict, "m"));
    } finally {
      server.stop();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void ftpOverTlsChecksTheHostName(boolean implicit, @TempDir Path folder) throws Exception {
    Listener listener = ftpListener(otherHost, implicit);
    FtpServer server = ftps(listener, folder);
    try (ModelSource source = ftp(implicit, listener.getPort(), trusting(otherHost))) {
      assertCode(ErrorCode.UNAUTHENTICATED, () -> source.stat("m"));
    } finally {
      server.stop();
    }
  }

  private static ModelSource ftp(boolean implicit, int port, SourceOptions options) {
    return open(implicit ? "ftps" : "ftp", port, options.withFtpTls(!implicit));
  }

  private static Listener ftpListener(SelfSigned certificate, boolean implicit) {
    SslConfigurationFactory ssl = new SslConfigurationFactory();
    ssl.setKeystoreFile(certificate.store().toFile());
    ssl.setKeystorePassword(SelfSigned.PASSWORD);
    ssl.setKeystoreType("PKCS12");
    SslConfiguration configuration = ssl.createSslConfiguration();
    DataConnectionConfigurationFactory data = new DataConnectionConfigurationFactory();
    data.setPassiveAddress("127.0.0.1");
    data.setSslConfiguration(configuration);
    ListenerFactory factory = new ListenerFactory();
    factory.setServerAddress("127.0.0.1");
    factory.setPort(0);
    factory.setSslConfiguration(configuration);
    factory.setImplicitSsl(implicit);
    factory.setDataConnectionConfiguration(data.createDataConnectionConfiguration());
    return factory.createListener();
  }

  private static FtpServer ftps(Listener listener, Path folder) throws Exception {
    FtpServerFactory factory = new FtpServerFactory();
    factory.addListener("default", listener);
    BaseUser anonymous = new BaseUser();
    anonymous.setName("anonymous");
    anonymous.setHomeDirectory(folder.toString());
    anonymous.setAuthorities(List.of());
    factory.getUserManager().save(anonymous);
    FtpServer server = factory.createServer();
    server.start();
    return server;
  }
}
