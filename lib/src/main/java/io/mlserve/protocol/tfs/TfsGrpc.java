package io.mlserve.protocol.tfs;

import com.google.protobuf.Any;
import com.google.protobuf.Int64Value;
import io.grpc.stub.StreamObserver;
import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.grpc.CallsInProgress;
import io.mlserve.grpc.UnaryCall;
import io.mlserve.metrics.Protocol;
import io.mlserve.model.Signature;
import io.mlserve.model.TensorSpec;
import io.mlserve.serving.Found;
import io.mlserve.serving.InferencePool;
import io.mlserve.serving.Lease;
import io.mlserve.serving.ModelRegistry;
import io.mlserve.serving.Servable;
import io.mlserve.serving.Target;
import io.mlserve.wire.tensorflow.SignatureDef;
import io.mlserve.wire.tensorflow.TensorInfo;
import io.mlserve.wire.tfs.ClassificationRequest;
import io.mlserve.wire.tfs.ClassificationResponse;
import io.mlserve.wire.tfs.GetModelMetadataRequest;
import io.mlserve.wire.tfs.GetModelMetadataResponse;
import io.mlserve.wire.tfs.ModelSpec;
import io.mlserve.wire.tfs.MultiInferenceRequest;
import io.mlserve.wire.tfs.MultiInferenceResponse;
import io.mlserve.wire.tfs.PredictRequest;
import io.mlserve.wire.tfs.PredictResponse;
import io.mlserve.wire.tfs.PredictionServiceGrpc.PredictionServiceImplBase;
import io.mlserve.wire.tfs.RegressionRequest;
import io.mlserve.wire.tfs.RegressionResponse;
import io.mlserve.wire.tfs.SignatureDefMap;
import java.time.Duration;

/**
 * TensorFlow Serving's {@code PredictionService}. Metadata is answered on the event loop,
 * predictions by the pool.
 */
public final class TfsGrpc extends PredictionServiceImplBase {
  /** How this dialect is called in metrics. */
  public static final Protocol PROTOCOL = Protocol.TFS_GRPC;

  private static final String SIGNATURE_DEF = "signature_def";

  private final ModelRegistry models;
  private final InferencePool pool;
  private final CallsInProgress calls;
  private final Limits limits;

  /**
   * What bounds a prediction.
   *
   * @param timeout after which it fails with {@code DEADLINE_EXCEEDED}, run or not
   * @param maxTensorBytes that one value which stands for many elements may grow to
   */
  public record Limits(Duration timeout, long maxTensorBytes) {}

  public TfsGrpc(ModelRegistry models, InferencePool pool, CallsInProgress calls, Limits limits) {
    this.models = models;
    this.pool = pool;
    this.calls = calls;
    this.limits = limits;
  }

  @Override
  public void predict(PredictRequest request, StreamObserver<PredictResponse> observer) {
    Target target = TfsGrpcTarget.of(request.hasModelSpec(), request.getModelSpec(), models);
    submit(
        target,
        request.getSerializedSize(),
        observer,
        (servable, memory) ->
            TfsGrpcPredict.read(request, servable.signature(), memory, limits.maxTensorBytes()),
        (servable, outputs) -> TfsGrpcPredict.write(request, servable, outputs));
  }

  @Override
  public void classify(
      ClassificationRequest request, StreamObserver<ClassificationResponse> observer) {
    ModelSpec spec = request.getModelSpec();
    submit(
        TfsGrpcTarget.of(request.hasModelSpec(), spec, models),
        request.getSerializedSize(),
        observer,
        (servable, memory) -> TfsGrpcTasks.classify(request.getInput(), spec, servable, memory),
        (servable, outputs) ->
            ClassificationResponse.newBuilder()
                .setModelSpec(TfsGrpcPredict.resolved(servable))
                .setResult(
                    TfsGrpcExamples.classes(
                        Classifications.of(servable.signature())
                            .read(outputs, TfsGrpcTasks.rows(request.getInput()))))
                .build());
  }

  @Override
  public void regress(RegressionRequest request, StreamObserver<RegressionResponse> observer) {
    ModelSpec spec = request.getModelSpec();
    submit(
        TfsGrpcTarget.of(request.hasModelSpec(), spec, models),
        request.getSerializedSize(),
        observer,
        (servable, memory) -> TfsGrpcTasks.regress(request.getInput(), spec, servable, memory),
        (servable, outputs) ->
            RegressionResponse.newBuilder()
                .setModelSpec(TfsGrpcPredict.resolved(servable))
                .setResult(
                    TfsGrpcExamples.values(
                        Regressions.of(servable.signature())
                            .read(outputs, TfsGrpcTasks.rows(request.getInput()))))
                .build());
  }

  @Override
  public void multiInference(
      MultiInferenceRequest request, StreamObserver<MultiInferenceResponse> observer) {
    submit(
        TfsGrpcTarget.of(true, TfsGrpcTasks.model(request), models),
        request.getSerializedSize(),
        observer,
        (servable, memory) -> TfsGrpcTasks.read(request, servable, memory),
        (servable, outputs) -> TfsGrpcTasks.write(request, servable, outputs));
  }

  private <A> void submit(
      Target target,
      int bytes,
      StreamObserver<A> observer,
      TfsGrpcCall.Reading reading,
      TfsGrpcCall.Writing<A> writing) {
    UnaryCall<A> call = new UnaryCall<>(observer);
    TfsGrpcCall.Clock clock = new TfsGrpcCall.Clock(calls, limits.timeout());
    try {
      pool.submit(new TfsGrpcCall<>(target, call, reading, writing, clock, bytes));
    } catch (MlserveException e) {
      call.fail(e);
    }
  }

  @Override
  public void getModelMetadata(
      GetModelMetadataRequest request, StreamObserver<GetModelMetadataResponse> observer) {
    Target target = TfsGrpcTarget.of(request.hasModelSpec(), request.getModelSpec(), models);
    if (request.getMetadataFieldCount() == 0) {
      throw new MlserveException(
          ErrorCode.INVALID_ARGUMENT,
          "GetModelMetadataRequest must specify at least one metadata_field");
    }
    for (String field : request.getMetadataFieldList()) {
      if (!field.equals(SIGNATURE_DEF)) {
        throw new MlserveException(
            ErrorCode.INVALID_ARGUMENT, "Metadata field " + field + " is not supported");
      }
    }
    observer.onNext(metadata(target));
    observer.onCompleted();
  }

  private GetModelMetadataResponse metadata(Target target) {
    Found found = models.find(target);
    if (found instanceof Found.Absent absent) {
      throw TfsAbsence.explain(target, absent.why());
    }
    try (Lease<Servable> lease = ((Found.Leased) found).lease()) {
      Servable servable = lease.value();
      return GetModelMetadataResponse.newBuilder()
          .setModelSpec(
              ModelSpec.newBuilder()
                  .setName(servable.name().text())
                  .setVersion(Int64Value.of(servable.version())))
          .putMetadata(SIGNATURE_DEF, Any.pack(signatures(servable.signature())))
          .build();
    }
  }

  private static SignatureDefMap signatures(Signature signature) {
    SignatureDef.Builder only =
        SignatureDef.newBuilder().setMethodName("tensorflow/serving/predict");
    for (TensorSpec input : signature.inputs()) {
      only.putInputs(input.name(), info(input));
    }
    for (TensorSpec output : signature.tensorOutputs()) {
      only.putOutputs(output.name(), info(output));
    }
    return SignatureDefMap.newBuilder().putSignatureDef(TfsSignature.NAME, only.build()).build();
  }

  private static TensorInfo info(TensorSpec spec) {
    return TensorInfo.newBuilder()
        .setName(spec.name() + ":0")
        .setDtype(TfsGrpcTypes.dataType(spec.type()))
        .setTensorShape(TfsGrpcTypes.shape(spec))
        .build();
  }
}
