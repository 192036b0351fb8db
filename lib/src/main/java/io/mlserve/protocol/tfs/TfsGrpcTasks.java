package io.mlserve.protocol.tfs;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.model.InferRequest;
import io.mlserve.model.Signature;
import io.mlserve.model.Value;
import io.mlserve.serving.Servable;
import io.mlserve.serving.TensorMemory;
import io.mlserve.wire.tfs.InferenceResult;
import io.mlserve.wire.tfs.InferenceTask;
import io.mlserve.wire.tfs.Input;
import io.mlserve.wire.tfs.ModelSpec;
import io.mlserve.wire.tfs.MultiInferenceRequest;
import io.mlserve.wire.tfs.MultiInferenceResponse;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Classifying and regressing the same examples: one run, of one model, for all tasks. */
final class TfsGrpcTasks {
  private static final String CLASSIFY = "tensorflow/serving/classify";
  private static final String REGRESS = "tensorflow/serving/regress";

  private TfsGrpcTasks() {}

  /** A request for what a classifier needs. */
  static InferRequest classify(
      Input input, ModelSpec spec, Servable servable, TensorMemory memory) {
    TfsGrpcTarget.requireSignature(spec);
    return request(
        input, Classifications.of(servable.signature()).outputs(), servable.signature(), memory);
  }

  /** A request for what a regressor needs. */
  static InferRequest regress(Input input, ModelSpec spec, Servable servable, TensorMemory memory) {
    TfsGrpcTarget.requireSignature(spec);
    return request(
        input, Regressions.of(servable.signature()).outputs(), servable.signature(), memory);
  }

  private static InferRequest request(
      Input input, Set<String> outputs, Signature signature, TensorMemory memory) {
    return new InferRequest(
        ExampleInputs.of(TfsGrpcExamples.read(input), signature, memory), outputs);
  }

  /** {@code INVALID_ARGUMENT} unless there are tasks, all for one model, none of them twice. */
  static ModelSpec model(MultiInferenceRequest request) {
    if (request.getTasksCount() == 0) {
      throw invalid("Inference request must have at least one task");
    }
    ModelSpec first = request.getTasks(0).getModelSpec();
    Set<String> seen = new HashSet<>();
    for (InferenceTask task : request.getTasksList()) {
      if (!task.getModelSpec().getName().equals(first.getName())) {
        throw invalid("All ModelSpecs in a MultiInferenceRequest must access the same model name.");
      }
      String method = task.getMethodName();
      if (!method.equals(CLASSIFY) && !method.equals(REGRESS)) {
        throw invalid("Unsupported signature method_name: " + method);
      }
      if (!seen.add(method)) {
        throw invalid("Duplicate evaluation of signature: " + TfsSignature.NAME);
      }
    }
    return first;
  }

  static InferRequest read(MultiInferenceRequest request, Servable servable, TensorMemory memory) {
    Set<String> outputs = new HashSet<>();
    for (InferenceTask task : request.getTasksList()) {
      TfsGrpcTarget.requireSignature(task.getModelSpec());
      outputs.addAll(
          task.getMethodName().equals(CLASSIFY)
              ? Classifications.of(servable.signature()).outputs()
              : Regressions.of(servable.signature()).outputs());
    }
    return request(request.getInput(), outputs, servable.signature(), memory);
  }

  static MultiInferenceResponse write(
      MultiInferenceRequest request, Servable servable, Map<String, Value> outputs) {
    int rows = rows(request.getInput());
    MultiInferenceResponse.Builder response = MultiInferenceResponse.newBuilder();
    for (InferenceTask task : request.getTasksList()) {
      InferenceResult.Builder result =
          InferenceResult.newBuilder().setModelSpec(TfsGrpcPredict.resolved(servable));
      if (task.getMethodName().equals(CLASSIFY)) {
        List<List<Classifications.Scored>> classes =
            Classifications.of(servable.signature()).read(outputs, rows);
        result.setClassificationResult(TfsGrpcExamples.classes(classes));
      } else {
        result.setRegressionResult(
            TfsGrpcExamples.values(Regressions.of(servable.signature()).read(outputs, rows)));
      }
      response.addResults(result);
    }
    return response.build();
  }

  /** How many examples there are. */
  static int rows(Input input) {
    return input.hasExampleList()
        ? input.getExampleList().getExamplesCount()
        : input.getExampleListWithContext().getExamplesCount();
  }

  private static MlserveException invalid(String message) {
    return new MlserveException(ErrorCode.INVALID_ARGUMENT, message);
  }
}
