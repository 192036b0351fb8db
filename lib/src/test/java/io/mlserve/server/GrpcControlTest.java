package io.mlserve.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.mlserve.fixtures.onnx.Models;
import io.mlserve.wire.oip.GRPCInferenceServiceGrpc;
import io.mlserve.wire.oip.GRPCInferenceServiceGrpc.GRPCInferenceServiceBlockingStub;
import io.mlserve.wire.oip.ModelInferRequest;
import io.mlserve.wire.oip.ModelReadyRequest;
import io.mlserve.wire.oip.ModelRepositoryParameter;
import io.mlserve.wire.oip.RepositoryModelLoadRequest;
import io.mlserve.wire.oip.RepositoryModelUnloadRequest;
import io.mlserve.wire.oip.ServerMetadataRequest;
import io.mlserve.wire.tensorflow.Code;
import io.mlserve.wire.tfs.ModelConfig;
import io.mlserve.wire.tfs.ModelConfigList;
import io.mlserve.wire.tfs.ModelServerConfig;
import io.mlserve.wire.tfs.ModelServiceGrpc;
import io.mlserve.wire.tfs.ReloadConfigRequest;
import io.mlserve.wire.tfs.ReloadConfigResponse;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What clients may do to models where that is allowed. */
class GrpcControlTest {
  @TempDir Path folder;

  private Path model(String name, float n) {
    Path own = folder.resolve(name);
    Models.write(Models.halfPlus(n), own.resolve("model.onnx"));
    return own;
  }

  private static GRPCInferenceServiceBlockingStub client(GrpcServer server) {
    return GRPCInferenceServiceGrpc.newBlockingStub(server.channel())
        .withDeadlineAfter(20, TimeUnit.SECONDS);
  }

  private static boolean ready(GrpcServer server, String name) {
    return client(server)
        .modelReady(ModelReadyRequest.newBuilder().setName(name).build())
        .getReady();
  }

  @Test
  void aModelIsUnloadedAndLoadedAgain() {
    try (GrpcServer server = GrpcServer.controlled(Map.of("half", model("half", 2)))) {
      assertThat(
              client(server)
                  .serverMetadata(ServerMetadataRequest.getDefaultInstance())
                  .getExtensionsList())
          .contains("model_repository");
      client(server)
          .repositoryModelUnload(
              RepositoryModelUnloadRequest.newBuilder().setModelName("half").build());
      assertThat(ready(server, "half")).isFalse();
      Status status =
          GrpcServer.failure(
              () ->
                  client(server)
                      .modelInfer(ModelInferRequest.newBuilder().setModelName("half").build()));
      assertThat(status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
      assertThat(status.getDescription())
          .isEqualTo("Request for unknown model: 'half' has no available versions");
      client(server)
          .repositoryModelLoad(
              RepositoryModelLoadRequest.newBuilder().setModelName("half").build());
      assertThat(ready(server, "half")).isTrue();
    }
  }

  @Test
  void whatCannotBeLoadedSaysWhy() {
    try (GrpcServer server = GrpcServer.controlled(Map.of("half", model("half", 2)))) {
      assertThat(
              GrpcServer.failure(
                      () ->
                          client(server)
                              .repositoryModelLoad(
                                  RepositoryModelLoadRequest.newBuilder()
                                      .setModelName("nobody")
                                      .build()))
                  .getCode())
          .isEqualTo(Status.Code.NOT_FOUND);
      assertThat(
              GrpcServer.failure(
                      () ->
                          client(server)
                              .repositoryModelLoad(
                                  RepositoryModelLoadRequest.newBuilder()
                                      .setModelName("half")
                                      .putParameters(
                                          "file:1/model.onnx",
                                          ModelRepositoryParameter.newBuilder()
                                              .setBytesParam(ByteString.EMPTY)
                                              .build())
                                      .build()))
                  .getCode())
          .isEqualTo(Status.Code.UNIMPLEMENTED);
    }
  }

  @Test
  void theListOfModelsIsReplacedAsAWhole() {
    Path other = model("other", 3);
    try (GrpcServer server = GrpcServer.controlled(Map.of("half", model("half", 2)))) {
      ReloadConfigResponse answer = reload(server, "other", other.toString());
      assertThat(answer.getStatus().getErrorCode()).isEqualTo(Code.OK);
      assertThat(ready(server, "other")).isTrue();
      assertThat(ready(server, "half")).isFalse();
    }
  }

  @Test
  void aListThatIsWrongChangesNothing() {
    try (GrpcServer server = GrpcServer.controlled(Map.of("half", model("half", 2)))) {
      assertThat(GrpcServer.failure(() -> reload(server, "other", "")).getCode())
          .isEqualTo(Status.Code.INVALID_ARGUMENT);
      assertThat(
              GrpcServer.failure(
                      () ->
                          ModelServiceGrpc.newBlockingStub(server.channel())
                              .handleReloadConfigRequest(ReloadConfigRequest.getDefaultInstance()))
                  .getCode())
          .isEqualTo(Status.Code.INVALID_ARGUMENT);
      assertThat(ready(server, "half")).isTrue();
    }
  }

  private static ReloadConfigResponse reload(GrpcServer server, String name, String path) {
    return ModelServiceGrpc.newBlockingStub(server.channel())
        .withDeadlineAfter(20, TimeUnit.SECONDS)
        .handleReloadConfigRequest(
            ReloadConfigRequest.newBuilder()
                .setConfig(
                    ModelServerConfig.newBuilder()
                        .setModelConfigList(
                            ModelConfigList.newBuilder()
                                .addConfig(
                                    ModelConfig.newBuilder().setName(name).setBasePath(path))))
                .build());
  }
}
