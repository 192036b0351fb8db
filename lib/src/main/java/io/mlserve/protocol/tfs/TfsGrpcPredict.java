package io.mlserve.protocol.tfs;

import com.google.protobuf.Int64Value;
import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.model.InferRequest;
import io.mlserve.model.Signature;
import io.mlserve.model.Tensor;
import io.mlserve.model.TensorSpec;
import io.mlserve.model.Value;
import io.mlserve.model.ValueSpec;
import io.mlserve.serving.Servable;
import io.mlserve.serving.TensorMemory;
import io.mlserve.wire.tensorflow.TensorProto;
import io.mlserve.wire.tfs.ModelSpec;
import io.mlserve.wire.tfs.PredictRequest;
import io.mlserve.wire.tfs.PredictResponse;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Predict requests and responses as messages, with TensorFlow Serving's words for what is wrong.
 */
final class TfsGrpcPredict {
  private TfsGrpcPredict() {}

  static InferRequest read(
      PredictRequest request, Signature signature, TensorMemory memory, long mostBytes) {
    TfsGrpcTarget.requireSignature(request.getModelSpec());
    requireNames(request.getInputsMap().keySet(), signature);
    Map<String, Tensor> inputs = new LinkedHashMap<>();
    for (TensorSpec spec : signature.inputs()) {
      TensorProto input = request.getInputsOrThrow(spec.name());
      inputs.put(spec.name(), new TfsGrpcInput(input, spec, memory, mostBytes).read());
    }
    return new InferRequest(inputs, outputs(request, signature));
  }

  private static void requireNames(Set<String> sent, Signature signature) {
    Set<String> known =
        signature.inputs().stream()
            .map(TensorSpec::name)
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> extra = new TreeSet<>(sent);
    extra.removeAll(known);
    Set<String> missing = new TreeSet<>(known);
    missing.removeAll(sent);
    if (sent.size() != known.size()) {
      throw invalid(
          "input size does not match signature: "
              + sent.size()
              + "!="
              + known.size()
              + " len("
              + set(new TreeSet<>(sent))
              + ") != len("
              + set(known)
              + "). Sent extra: "
              + set(extra)
              + ". Missing but required: "
              + set(missing)
              + ".");
    }
    for (String name : extra) {
      throw invalid(
          "input tensor alias not found in signature: "
              + name
              + ". Inputs expected to be in the set "
              + set(known)
              + ".");
    }
  }

  private static String set(Set<String> names) {
    return "{" + String.join(",", names) + "}";
  }

  /** All that are tensors if the filter is empty. */
  private static Set<String> outputs(PredictRequest request, Signature signature) {
    Set<String> wanted = new LinkedHashSet<>();
    for (String name : request.getOutputFilterList()) {
      ValueSpec spec = signature.output(name).orElseThrow(() -> unknownOutput(name, signature));
      if (!(spec instanceof TensorSpec)) {
        throw uncarried(spec);
      }
      if (!wanted.add(name)) {
        throw invalid("duplicate output tensor alias: " + name);
      }
    }
    if (!wanted.isEmpty()) {
      return wanted;
    }
    signature.tensorOutputs().forEach(spec -> wanted.add(spec.name()));
    if (wanted.isEmpty() && !signature.outputs().isEmpty()) {
      throw uncarried(signature.outputs().get(0));
    }
    return wanted.size() == signature.outputs().size() ? Set.of() : wanted;
  }

  private static MlserveException unknownOutput(String name, Signature signature) {
    return invalid(
        "output tensor alias not found in signature: "
            + name
            + " Outputs expected to be in the set "
            + set(
                signature.outputs().stream()
                    .map(ValueSpec::name)
                    .collect(Collectors.toCollection(TreeSet::new)))
            + ".");
  }

  private static MlserveException uncarried(ValueSpec spec) {
    return new MlserveException(
        ErrorCode.UNIMPLEMENTED,
        "output '" + spec + "' is nothing that this protocol can carry (expected: a tensor)");
  }

  private static MlserveException invalid(String message) {
    return new MlserveException(ErrorCode.INVALID_ARGUMENT, message);
  }

  /** In the encoding in which the client sent its own tensors. */
  static PredictResponse write(
      PredictRequest request, Servable servable, Map<String, Value> outputs) {
    boolean asContent =
        request.getInputsMap().values().stream().anyMatch(in -> !in.getTensorContent().isEmpty());
    PredictResponse.Builder response =
        PredictResponse.newBuilder().setModelSpec(resolved(servable));
    outputs.forEach(
        // Nothing but tensors was asked of the model.
        (name, value) -> response.putOutputs(name, TfsGrpcOutput.write((Tensor) value, asContent)));
    return response.build();
  }

  /** What ran, in an answer. */
  static ModelSpec resolved(Servable servable) {
    return ModelSpec.newBuilder()
        .setName(servable.name().text())
        .setVersion(Int64Value.of(servable.version()))
        .setSignatureName(TfsSignature.NAME)
        .build();
  }
}
