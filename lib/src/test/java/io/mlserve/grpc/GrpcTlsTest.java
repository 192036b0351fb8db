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
import io.mlserve.fixtures.net.SelfSigned;
import io.mlserve.tls.TlsFiles;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GrpcTlsTest {
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
    SelfSigned pem = SelfSigned.create(folder, "ip:127.0.0.1,dns:localhost");
    try (GrpcEngine engine = open(new TlsFiles(pem.pem(), pem.key(), Optional.empty()))) {
      TlsChannelCredentials.Builder trusting =
          TlsChannelCredentials.newBuilder().trustManager(pem.pem().toFile());
      assertThat(check(engine, trusting)).isEqualTo(ServingStatus.SERVING);
    }
  }

  @Test
  void aClientHasToShowACertificateOfTheAuthorityIfOneIsNamed() throws Exception {
    SelfSigned pem = SelfSigned.create(folder, "ip:127.0.0.1,dns:localhost");
    TlsFiles files = new TlsFiles(pem.pem(), pem.key(), Optional.of(pem.pem()));
    try (GrpcEngine engine = open(files)) {
      assertThatThrownBy(
              () ->
                  check(
                      engine, TlsChannelCredentials.newBuilder().trustManager(pem.pem().toFile())))
          .isInstanceOf(StatusRuntimeException.class);
      assertThat(
              check(
                  engine,
                  TlsChannelCredentials.newBuilder()
                      .trustManager(pem.pem().toFile())
                      .keyManager(pem.pem().toFile(), pem.key().toFile())))
          .isEqualTo(ServingStatus.SERVING);
    }
  }

  @Test
  void aFileThatIsNotThereIsNamed() throws Exception {
    SelfSigned pem = SelfSigned.create(folder, "ip:127.0.0.1,dns:localhost");
    TlsFiles files = new TlsFiles(pem.pem(), folder.resolve("no.pem"), Optional.empty());
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
    SelfSigned pem = SelfSigned.create(folder, "ip:127.0.0.1,dns:localhost");
    TlsFiles files = new TlsFiles(pem.pem(), pem.pem(), Optional.empty());
    assertThatThrownBy(() -> open(files))
        .isInstanceOfSatisfying(
            MlserveException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT));
  }

  private GrpcEngine open(TlsFiles files) {
    return GrpcEngine.open(
        new GrpcOptions(Lines.loopback(), GrpcLimits.defaults(), Optional.of(files)),
        Lines.LOOPS,
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
}
