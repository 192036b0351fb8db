package io.mlserve.protocol.oip;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.grpc.CallsInProgress;
import io.mlserve.grpc.UnaryCall;
import io.mlserve.metrics.Protocol;
import io.mlserve.serving.InferencePool;
import io.mlserve.serving.ModelControl;
import io.mlserve.serving.ModelRegistry;
import io.mlserve.wire.oip.ModelConfigRequest;
import io.mlserve.wire.oip.ModelConfigResponse;
import io.mlserve.wire.oip.ModelInferRequest;
import io.mlserve.wire.oip.ModelInferResponse;
import io.mlserve.wire.oip.ModelMetadataRequest;
import io.mlserve.wire.oip.ModelMetadataResponse;
import io.mlserve.wire.oip.ModelReadyRequest;
import io.mlserve.wire.oip.ModelReadyResponse;
import io.mlserve.wire.oip.ModelStatisticsRequest;
import io.mlserve.wire.oip.ModelStatisticsResponse;
import io.mlserve.wire.oip.ModelStreamInferResponse;
import io.mlserve.wire.oip.RepositoryIndexRequest;
import io.mlserve.wire.oip.RepositoryIndexResponse;
import io.mlserve.wire.oip.RepositoryModelLoadRequest;
import io.mlserve.wire.oip.RepositoryModelLoadResponse;
import io.mlserve.wire.oip.RepositoryModelUnloadRequest;
import io.mlserve.wire.oip.RepositoryModelUnloadResponse;
import io.mlserve.wire.oip.ServerLiveRequest;
import io.mlserve.wire.oip.ServerLiveResponse;
import io.mlserve.wire.oip.ServerMetadataRequest;
import io.mlserve.wire.oip.ServerMetadataResponse;
import io.mlserve.wire.oip.ServerReadyRequest;
import io.mlserve.wire.oip.ServerReadyResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * The Open Inference Protocol over gRPC: {@code inference.GRPCInferenceService}. Questions about
 * models are answered on the event loop, inferences by the pool.
 */
public final class OipGrpc extends OipGrpcRefusals {
  /** How this dialect is called in metrics. */
  public static final Protocol PROTOCOL = Protocol.OIP_GRPC;

  private final InferencePool pool;
  private final CallsInProgress calls;
  private final Settings settings;
  private final OipGrpcModels answers;

  /**
   * What the server as a whole says of itself.
   *
   * @param timeout after which an inference fails with {@code DEADLINE_EXCEEDED}, run or not
   * @param threads how many inferences run at once
   * @param ready whether all models can answer and no end is in sight
   * @param control what may load and unload models on request, if that is allowed here
   */
  public record Settings(
      Duration timeout, int threads, BooleanSupplier ready, Optional<ModelControl> control) {}

  public OipGrpc(
      ModelRegistry models, InferencePool pool, CallsInProgress calls, Settings settings) {
    this.pool = pool;
    this.calls = calls;
    this.settings = settings;
    this.answers = new OipGrpcModels(models, settings.threads());
  }

  @Override
  public void serverLive(ServerLiveRequest request, StreamObserver<ServerLiveResponse> observer) {
    answer(observer, ServerLiveResponse.newBuilder().setLive(true).build());
  }

  @Override
  public void serverReady(
      ServerReadyRequest request, StreamObserver<ServerReadyResponse> observer) {
    boolean ready = settings.ready().getAsBoolean();
    answer(observer, ServerReadyResponse.newBuilder().setReady(ready).build());
  }

  @Override
  public void modelReady(ModelReadyRequest request, StreamObserver<ModelReadyResponse> observer) {
    boolean ready = answers.isReady(OipGrpcTarget.of(request.getName(), request.getVersion()));
    answer(observer, ModelReadyResponse.newBuilder().setReady(ready).build());
  }

  @Override
  public void serverMetadata(
      ServerMetadataRequest request, StreamObserver<ServerMetadataResponse> observer) {
    answer(
        observer,
        ServerMetadataResponse.newBuilder()
            .setName(OipServer.NAME)
            .setVersion(OipServer.VERSION)
            .addAllExtensions(OipGrpcModels.extensions(settings.control().isPresent()))
            .build());
  }

  @Override
  public void modelMetadata(
      ModelMetadataRequest request, StreamObserver<ModelMetadataResponse> observer) {
    answer(observer, answers.metadata(OipGrpcTarget.of(request.getName(), request.getVersion())));
  }

  @Override
  public void modelConfig(
      ModelConfigRequest request, StreamObserver<ModelConfigResponse> observer) {
    answer(observer, answers.config(OipGrpcTarget.of(request.getName(), request.getVersion())));
  }

  @Override
  public void modelStatistics(
      ModelStatisticsRequest request, StreamObserver<ModelStatisticsResponse> observer) {
    answer(observer, answers.statistics(request.getName(), request.getVersion()));
  }

  @Override
  public void modelInfer(ModelInferRequest request, StreamObserver<ModelInferResponse> observer) {
    UnaryCall<ModelInferResponse> call = new UnaryCall<>(observer);
    Duration timeout = OipGrpcRequest.timeout(request, settings.timeout());
    try {
      pool.submit(new OipGrpcCall(request, OipGrpcCall.Reply.to(call, calls, timeout)));
    } catch (MlserveException e) {
      call.fail(e);
    }
  }

  @Override
  public StreamObserver<ModelInferRequest> modelStreamInfer(
      StreamObserver<ModelStreamInferResponse> observer) {
    OipGrpcStream stream =
        new OipGrpcStream(
            (ServerCallStreamObserver<ModelStreamInferResponse>) observer,
            pool,
            calls,
            settings.timeout());
    stream.open();
    return stream;
  }

  @Override
  public void repositoryIndex(
      RepositoryIndexRequest request, StreamObserver<RepositoryIndexResponse> observer) {
    oneRepository(request.getRepositoryName());
    answer(observer, answers.index(request.getReady()));
  }

  @Override
  public void repositoryModelLoad(
      RepositoryModelLoadRequest request, StreamObserver<RepositoryModelLoadResponse> observer) {
    ModelControl control = control(request.getRepositoryName(), request.getParametersCount());
    new UnaryCall<>(observer)
        .answerWhenDone(
            control.load(request.getModelName()), RepositoryModelLoadResponse.getDefaultInstance());
  }

  @Override
  public void repositoryModelUnload(
      RepositoryModelUnloadRequest request,
      StreamObserver<RepositoryModelUnloadResponse> observer) {
    // The one parameter that there is asks for dependents, of which a model here has none.
    ModelControl control = control(request.getRepositoryName(), 0);
    new UnaryCall<>(observer)
        .answerWhenDone(
            control.unload(request.getModelName()),
            RepositoryModelUnloadResponse.getDefaultInstance());
  }

  private ModelControl control(String repository, int parameters) {
    oneRepository(repository);
    if (parameters > 0) {
      throw new MlserveException(
          ErrorCode.UNIMPLEMENTED, "parameters of a load are not offered (expected: none)");
    }
    return settings
        .control()
        .orElseThrow(
            () ->
                new MlserveException(
                    ErrorCode.UNAVAILABLE,
                    "explicit model load / unload is not allowed on this port"));
  }

  private static void oneRepository(String name) {
    if (!name.isEmpty()) {
      throw new MlserveException(
          ErrorCode.UNIMPLEMENTED, "repository_name '" + name + "' (expected: none)");
    }
  }

  private static <A> void answer(StreamObserver<A> observer, A message) {
    observer.onNext(message);
    observer.onCompleted();
  }
}
