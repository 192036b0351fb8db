package io.mlserve.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class GrpcHealthTest {
  @Test
  void theServerItsServicesAndItsModelsAreServingWhileReady() throws Exception {
    try (Lines lines = new Lines(Lines::echo)) {
      for (String name : List.of("", "inference.GRPCInferenceService", "half_plus_two")) {
        assertThat(check(lines, name)).as(name).isEqualTo(ServingStatus.SERVING);
      }
      lines.ready.set(false);
      for (String name : List.of("", "inference.GRPCInferenceService", "half_plus_two")) {
        assertThat(check(lines, name)).as(name).isEqualTo(ServingStatus.NOT_SERVING);
      }
    }
  }

  @Test
  void anUnknownNameIsNotFound() throws Exception {
    try (Lines lines = new Lines(Lines::echo)) {
      assertThatThrownBy(() -> check(lines, "nobody"))
          .isInstanceOfSatisfying(
              StatusRuntimeException.class,
              e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND));
    }
  }

  @Test
  void aWatcherHearsWhatIsAndWhatChangesAndTheDrain() throws Exception {
    try (Lines lines = new Lines(Lines::echo)) {
      BlockingQueue<String> heard = new LinkedBlockingQueue<>();
      HealthGrpc.newStub(lines.channel)
          .watch(
              HealthCheckRequest.getDefaultInstance(),
              listener(heard, (HealthCheckResponse answer) -> answer.getStatus().name()));
      assertThat(heard.poll(5, TimeUnit.SECONDS)).isEqualTo("SERVING");
      lines.ready.set(false);
      assertThat(heard.poll(5, TimeUnit.SECONDS)).isEqualTo("NOT_SERVING");
      lines.ready.set(true);
      assertThat(heard.poll(5, TimeUnit.SECONDS)).isEqualTo("SERVING");
      lines.engine.drain();
      assertThat(heard.poll(5, TimeUnit.SECONDS)).isEqualTo("NOT_SERVING");
      assertThat(heard.poll(5, TimeUnit.SECONDS)).isEqualTo("UNAVAILABLE");
      assertThat(lines.engine.awaitIdle(Lines.LONG, Lines.LONG)).isTrue();
    }
  }

  @Test
  void aWatcherOfAnUnknownNameIsToldSoAndStays() throws Exception {
    try (Lines lines = new Lines(Lines::echo)) {
      BlockingQueue<String> heard = new LinkedBlockingQueue<>();
      HealthGrpc.newStub(lines.channel)
          .watch(
              HealthCheckRequest.newBuilder().setService("nobody").build(),
              listener(heard, (HealthCheckResponse answer) -> answer.getStatus().name()));
      assertThat(heard.poll(5, TimeUnit.SECONDS)).isEqualTo("SERVICE_UNKNOWN");
      assertThat(heard.poll(500, TimeUnit.MILLISECONDS)).isNull();
    }
  }

  @Test
  void reflectionListsTheServicesAndShowsTheirFiles() throws Exception {
    try (Lines lines = new Lines(Lines::echo)) {
      BlockingQueue<String> heard = new LinkedBlockingQueue<>();
      StreamObserver<ServerReflectionRequest> asking =
          ServerReflectionGrpc.newStub(lines.channel)
              .serverReflectionInfo(listener(heard, ServerReflectionResponse::toString));
      asking.onNext(ServerReflectionRequest.newBuilder().setListServices("").build());
      assertThat(Objects.requireNonNull(heard.poll(5, TimeUnit.SECONDS)))
          .contains(
              "\"inference.GRPCInferenceService\"",
              "\"grpc.health.v1.Health\"",
              "\"grpc.reflection.v1alpha.ServerReflection\"");
      asking.onNext(
          ServerReflectionRequest.newBuilder()
              .setFileContainingSymbol("inference.ModelInferRequest")
              .build());
      assertThat(Objects.requireNonNull(heard.poll(5, TimeUnit.SECONDS)))
          .contains("raw_input_contents");
      asking.onCompleted();
      assertThat(heard.poll(5, TimeUnit.SECONDS)).isEqualTo("completed");
    }
  }

  private static ServingStatus check(Lines lines, String name) {
    return HealthGrpc.newBlockingStub(lines.channel)
        .withDeadlineAfter(10, TimeUnit.SECONDS)
        .check(HealthCheckRequest.newBuilder().setService(name).build())
        .getStatus();
  }

  private static <A> StreamObserver<A> listener(
      BlockingQueue<String> heard, Function<A, String> shown) {
    return new StreamObserver<>() {
      @Override
      public void onNext(A answer) {
        heard.add(shown.apply(answer));
      }

      @Override
      public void onError(Throwable failure) {
        heard.add(Status.fromThrowable(failure).getCode().name());
      }

      @Override
      public void onCompleted() {
        heard.add("completed");
      }
    };
  }
}
