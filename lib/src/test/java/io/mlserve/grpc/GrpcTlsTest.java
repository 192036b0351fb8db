package io.mlserve.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyChannelBuilder;
import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.tls.TlsFiles;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GrpcTlsTest {
  private static final String PASSWORD = "changeit";

  @TempDir Path folder;

  private final Readiness ready =
      new Readiness() {
        @Override
        public boolean isReady() {
          return true;
        }

        @Override
        public Optional<Boolean> isReady(String model) {
          return Optional.empty();
        }
      };

  @Test
  void aClientThatTrustsTheCertificateIsAnswered() throws Exception {
    Pem pem = Pem.create(folder);
    try (GrpcEngine engine = open(new TlsFiles(pem.certificate(), pem.key(), Optional.empty()))) {
      TlsChannelCredentials.Builder trusting =
          TlsChannelCredentials.newBuilder().trustManager(pem.certificate().toFile());
      assertThat(check(engine, trusting)).isEqualTo(ServingStatus.SERVING);
    }
  }

  @Test
  void aClientHasToShowACertificateOfTheAuthorityIfOneIsNamed() throws Exception {
    Pem pem = Pem.create(folder);
    TlsFiles files = new TlsFiles(pem.certificate(), pem.key(), Optional.of(pem.certificate()));
    try (GrpcEngine engine = open(files)) {
      assertThatThrownBy(
              () ->
                  check(
                      engine,
                      TlsChannelCredentials.newBuilder().trustManager(pem.certificate().toFile())))
          .isInstanceOf(StatusRuntimeException.class);
      assertThat(
              check(
                  engine,
                  TlsChannelCredentials.newBuilder()
                      .trustManager(pem.certificate().toFile())
                      .keyManager(pem.certificate().toFile(), pem.key().toFile())))
          .isEqualTo(ServingStatus.SERVING);
    }
  }

  @Test
  void aFileThatIsNotThereIsNamed() throws Exception {
    Pem pem = Pem.create(folder);
    TlsFiles files = new TlsFiles(pem.certificate(), folder.resolve("no.pem"), Optional.empty());
    assertThatThrownBy(() -> open(files))
        .isInstanceOfSatisfying(
            MlserveException.class,
            e -> {
              assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND);
              assertThat(e.message()).contains("no.pem");
            });
  }

  @Test
  void aFileThatHoldsNoKeyIsRefused() throws Exception {
    Pem pem = Pem.create(folder);
    TlsFiles files = new TlsFiles(pem.certificate(), pem.certificate(), Optional.empty());
    assertThatThrownBy(() -> open(files))
        .isInstanceOfSatisfying(
            MlserveException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT));
  }

  private GrpcEngine open(TlsFiles files) {
    return GrpcEngine.open(
        new GrpcOptions(Lines.loopback(), 1, GrpcLimits.defaults(), Optional.of(files)),
        List.of(),
        ready,
        new CallsInProgress());
  }

  private static ServingStatus check(GrpcEngine engine, TlsChannelCredentials.Builder credentials)
      throws InterruptedException {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), engine.port()),
                credentials.build())
            .build();
    try {
      return HealthGrpc.newBlockingStub(channel)
          .withDeadlineAfter(20, TimeUnit.SECONDS)
          .check(HealthCheckRequest.getDefaultInstance())
          .getStatus();
    } finally {
      channel.shutdownNow();
      channel.awaitTermination(5, TimeUnit.SECONDS);
    }
  }

  /** A key and a certificate that it signed itself, made by the JDK's keytool. */
  private record Pem(Path certificate, Path key) {
    static Pem create(Path folder) throws Exception {
      Path store = folder.resolve("key.p12");
      Path log = folder.resolve("keytool.log");
      Process keytool =
          new ProcessBuilder(
                  List.of(
                      Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                      "-genkeypair",
                      "-alias",
                      "key",
                      "-keyalg",
                      "EC",
                      "-dname",
                      "CN=test",
                      "-ext",
                      "SAN=ip:127.0.0.1,dns:localhost",
                      "-validity",
                      "2",
                      "-storetype",
                      "PKCS12",
                      "-storepass",
                      PASSWORD,
                      "-keystore",
                      store.toString()))
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      assertThat(keytool.waitFor()).as(Files.readString(log)).isZero();
      KeyStore keys = KeyStore.getInstance("PKCS12");
      try (InputStream in = Files.newInputStream(store)) {
        keys.load(in, PASSWORD.toCharArray());
      }
      return new Pem(
          pem(folder.resolve("cert.pem"), "CERTIFICATE", keys.getCertificate("key").getEncoded()),
          pem(
              folder.resolve("key.pem"),
              "PRIVATE KEY",
              keys.getKey("key", PASSWORD.toCharArray()).getEncoded()));
    }

    private static Path pem(Path file, String kind, byte[] der) throws Exception {
      String body = Base64.getMimeEncoder().encodeToString(der);
      return Files.writeString(
          file, "-----BEGIN " + kind + "-----\n" + body + "\n-----END " + kind + "-----\n");
    }
  }
}
