package io.mlserve.protocol.tfs;

import io.grpc.stub.StreamObserver;
import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.grpc.UnaryCall;
import io.mlserve.serving.ModelRegistry;
import io.mlserve.serving.ServedModel;
import io.mlserve.serving.Target;
import io.mlserve.serving.VersionStatus;
import io.mlserve.version.VersionChoice;
import io.mlserve.wire.tensorflow.Code;
import io.mlserve.wire.tfs.GetModelStatusRequest;
import io.mlserve.wire.tfs.GetModelStatusResponse;
import io.mlserve.wire.tfs.ModelServerConfig;
import io.mlserve.wire.tfs.ModelServiceGrpc.ModelServiceImplBase;
import io.mlserve.wire.tfs.ModelVersionStatus;
import io.mlserve.wire.tfs.ReloadConfigRequest;
import io.mlserve.wire.tfs.ReloadConfigResponse;
import io.mlserve.wire.tfs.StatusProto;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** TensorFlow Serving's {@code ModelService}: the state of models, and their list. */
public final class TfsGrpcModels extends ModelServiceImplBase {
  private final ModelRegistry models;
  private final Optional<Replacing> replacing;

  /** What takes a new list of models. */
  @FunctionalInterface
  public interface Replacing {
    /**
     * Serves what {@code config} lists and nothing else; complete when every model of it answers.
     * {@code INVALID_ARGUMENT} says what is wrong in it, and then nothing has changed.
     */
    CompletionStage<Void> replace(ModelServerConfig config);
  }

  /**
   * @param replacing if clients may replace the list of models here
   */
  public TfsGrpcModels(ModelRegistry models, Optional<Replacing> replacing) {
    this.models = models;
    this.replacing = replacing;
  }

  /** All versions unless the request names one; a label is passed over, as it is there. */
  @Override
  public void getModelStatus(
      GetModelStatusRequest request, StreamObserver<GetModelStatusResponse> observer) {
    Target target = TfsGrpcTarget.of(request.hasModelSpec(), request.getModelSpec(), models);
    GetModelStatusResponse.Builder response = GetModelStatusResponse.newBuilder();
    for (VersionStatus status : statuses(target, request.getModelSpec().hasVersion())) {
      response.addModelVersionStatus(
          ModelVersionStatus.newBuilder()
              .setVersion(status.version())
              .setState(state(status.state()))
              .setStatus(status.failure().map(TfsGrpcModels::failure).orElse(fine())));
    }
    observer.onNext(response.build());
    observer.onCompleted();
  }

  private List<VersionStatus> statuses(Target target, boolean one) {
    List<VersionStatus> all =
        models.model(target.model()).map(ServedModel::versions).orElse(List.of());
    if (all.isEmpty()) {
      throw new MlserveException(
          ErrorCode.NOT_FOUND, "Could not find any versions of model " + target.model());
    }
    if (!one || !(target.version() instanceof VersionChoice.Specific number)) {
      return all;
    }
    List<VersionStatus> named =
        all.stream().filter(status -> status.version() == number.version()).toList();
    if (named.isEmpty()) {
      throw new MlserveException(
          ErrorCode.NOT_FOUND,
          "Could not find version " + number.version() + " of model " + target.model());
    }
    return named;
  }

  private static ModelVersionStatus.State state(VersionStatus.State state) {
    return switch (state) {
      case LOADING -> ModelVersionStatus.State.LOADING;
      case AVAILABLE -> ModelVersionStatus.State.AVAILABLE;
      case UNLOADING -> ModelVersionStatus.State.UNLOADING;
      case END -> ModelVersionStatus.State.END;
    };
  }

  private static StatusProto fine() {
    return StatusProto.newBuilder().setErrorCode(Code.OK).build();
  }

  private static StatusProto failure(VersionStatus.Failure failure) {
    return StatusProto.newBuilder()
        .setErrorCode(Code.valueOf(TfsStatus.name(failure.code())))
        .setErrorMessage(failure.message())
        .build();
  }

  @Override
  public void handleReloadConfigRequest(
      ReloadConfigRequest request, StreamObserver<ReloadConfigResponse> observer) {
    Replacing allowed =
        replacing.orElseThrow(
            () ->
                new MlserveException(
                    ErrorCode.PERMISSION_DENIED,
                    "the list of models cannot be replaced by requests to this server"));
    UnaryCall<ReloadConfigResponse> call = new UnaryCall<>(observer);
    call.answerWhenDone(
        allowed.replace(request.getConfig()),
        ReloadConfigResponse.newBuilder().setStatus(fine()).build());
  }
}
