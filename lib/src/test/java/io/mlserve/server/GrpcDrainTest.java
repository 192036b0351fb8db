package io.mlserve.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.Status;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.mlserve.fixtures.onnx.Models;
import io.mlserve.serving.Found;
import io.mlserve.serving.Target;
import io.mlserve.version.VersionChoice;
import io.mlserve.wire.oip.GRPCInferenceServiceGrpc;
import io.mlserve.wire.oip.InferTensorContents;
import io.mlserve.wire.oip.ModelInferRequest;
import io.mlserve.wire.oip.ModelInferRequest.InferInputTensor;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GrpcDrainTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @TempDir Path folder;

  @Test
  void aRunThatHasBegunIsAnsweredWhileTheServerDrains() throws Exception {
    Path slow = Models.write(Models.slow(), folder.resolve("slow/model.onnx")).getParent();
    try (GrpcServer rig = GrpcServer.serving(Map.of("slow", slow))) {
      var answer = GRPCInferenceServiceGrpc.newFutureStub(rig.channel()).modelInfer(lasting(0.5f));
      await().until(() -> inFlight(rig) == 1);
      assertThat(rig.server().drain()).isTrue();
      assertThat(answer.get(5, TimeUnit.SECONDS).getModelName()).isEqualTo("slow");
    }
  }

  @Test
  void aCallWhoseDeadlineWentByWhileItWaitedIsNeverRun() throws Exception {
    Path slow = Models.write(Models.slow(), folder.resolve("slow/model.onnx")).getParent();
    try (GrpcServer rig = GrpcServer.serving(Map.of("slow", slow), 1, PATIENCE)) {
      var first = GRPCInferenceServiceGrpc.newFutureStub(rig.channel()).modelInfer(lasting(1));
      await().until(() -> inFlight(rig) == 1);
      Status late =
          GrpcServer.failure(
              () ->
                  GRPCInferenceServiceGrpc.newBlockingStub(rig.channel())
                      .withDeadlineAfter(50, TimeUnit.MILLISECONDS)
                      .modelInfer(lasting(0)));
      assertThat(late.getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
      assertThat(first.get(20, TimeUnit.SECONDS).getModelName()).isEqualTo("slow");
      // One more, after which whatever waited has had its turn.
      assertThat(
              GRPCInferenceServiceGrpc.newBlockingStub(rig.channel())
                  .withDeadlineAfter(20, TimeUnit.SECONDS)
                  .modelInfer(lasting(0))
                  .getModelName())
          .isEqualTo("slow");
      await().untilAsserted(() -> assertThat(executions(rig)).isEqualTo(2));
    }
  }

  @Test
  void theServersOwnLimitEndsACallWithoutADeadline() throws Exception {
    Path slow = Models.write(Models.slow(), folder.resolve("slow/model.onnx")).getParent();
    try (GrpcServer rig = GrpcServer.serving(Map.of("slow", slow), 1, Duration.ofMillis(100))) {
      Status late =
          GrpcServer.failure(
              () -> GRPCInferenceServiceGrpc.newBlockingStub(rig.channel()).modelInfer(lasting(1)));
      assertThat(late.getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
      assertThat(late.getDescription()).isEqualTo("no answer within 100 ms");
    }
  }

  @Test
  void healthTellsOfTheServerItsServicesAndItsModels() throws Exception {
    Path slow = Models.write(Models.slow(), folder.resolve("slow/model.onnx")).getParent();
    try (GrpcServer rig = GrpcServer.serving(Map.of("slow", slow))) {
      for (String name :
          new String[] {
            "",
            "slow",
            "inference.GRPCInferenceService",
            "tensorflow.serving.PredictionService",
            "tensorflow.serving.ModelService"
          }) {
        assertThat(
                HealthGrpc.newBlockingStub(rig.channel())
                    .withDeadlineAfter(20, TimeUnit.SECONDS)
                    .check(HealthCheckRequest.newBuilder().setService(name).build())
                    .getStatus())
            .as(name)
            .isEqualTo(ServingStatus.SERVING);
      }
    }
  }

  private static ModelInferRequest lasting(float seconds) {
    return ModelInferRequest.newBuilder()
        .setModelName("slow")
        .addInputs(
            InferInputTensor.newBuilder()
                .setName("x")
                .setDatatype("FP32")
                .addShape(1)
                .setContents(InferTensorContents.newBuilder().addFp32Contents(seconds)))
        .build();
  }

  private static long inFlight(GrpcServer rig) {
    try (var lease = leased(rig).lease()) {
      return lease.value().statistics().inFlight();
    }
  }

  private static long executions(GrpcServer rig) {
    try (var lease = leased(rig).lease()) {
      return lease.value().statistics().read().executions();
    }
  }

  private static Found.Leased leased(GrpcServer rig) {
    return (Found.Leased) rig.server().models().find(new Target("slow", VersionChoice.NEWEST));
  }
}
