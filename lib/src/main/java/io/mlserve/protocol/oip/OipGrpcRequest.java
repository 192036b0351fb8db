package io.mlserve.protocol.oip;

import com.google.protobuf.ByteString;
import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.model.InferRequest;
import io.mlserve.model.Signature;
import io.mlserve.model.Tensor;
import io.mlserve.model.TensorSpec;
import io.mlserve.model.ValueSpec;
import io.mlserve.serving.TensorMemory;
import io.mlserve.wire.oip.InferParameter;
import io.mlserve.wire.oip.ModelInferRequest;
import io.mlserve.wire.oip.ModelInferRequest.InferInputTensor;
import io.mlserve.wire.oip.ModelInferRequest.InferRequestedOutputTensor;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Reads a request against the signature of the model that is to run it. */
final class OipGrpcRequest {
  private OipGrpcRequest() {}

  /** {@code INVALID_ARGUMENT}, naming the tensor, unless it is exactly what the model takes. */
  static InferRequest read(ModelInferRequest request, Signature signature, TensorMemory memory) {
    return new InferRequest(inputs(request, signature, memory), outputs(request, signature));
  }

  private static Map<String, Tensor> inputs(
      ModelInferRequest request, Signature signature, TensorMemory memory) {
    List<ByteString> raw = request.getRawInputContentsList();
    if (!raw.isEmpty() && raw.size() != request.getInputsCount()) {
      throw invalid(
          "raw_input_contents has "
              + raw.size()
              + " entries (expected: "
              + request.getInputsCount()
              + ", one for each input)");
    }
    Map<String, Tensor> inputs = new LinkedHashMap<>();
    for (int i = 0; i < request.getInputsCount(); i++) {
      InferInputTensor input = request.getInputs(i);
      TensorSpec spec =
          signature.input(input.getName()).orElseThrow(() -> unexpected(input, signature));
      noSharedMemory("input", input.getName(), input.getParametersMap());
      OipGrpcInput reader = new OipGrpcInput(input, spec, memory);
      Tensor tensor = raw.isEmpty() ? reader.typed() : reader.raw(raw.get(i));
      if (inputs.put(input.getName(), tensor) != null) {
        throw invalid("input '" + input.getName() + "' is there twice");
      }
    }
    for (TensorSpec spec : signature.inputs()) {
      if (!inputs.containsKey(spec.name())) {
        throw invalid("input '" + spec.name() + "' is missing");
      }
    }
    return inputs;
  }

  private static MlserveException unexpected(InferInputTensor input, Signature signature) {
    return invalid(
        "unexpected input '"
            + input.getName()
            + "' (expected: "
            + signature.inputs().stream().map(TensorSpec::name).collect(Collectors.joining(", "))
            + ")");
  }

  private static void noSharedMemory(
      String kind, String name, Map<String, InferParameter> parameters) {
    if (parameters.containsKey("shared_memory_region")) {
      throw new MlserveException(
          ErrorCode.UNIMPLEMENTED, kind + " '" + name + "': shared memory is not offered");
    }
  }

  /** All that can be carried, if the request names none. */
  private static Set<String> outputs(ModelInferRequest request, Signature signature) {
    if (request.getOutputsCount() == 0) {
      return carried(signature);
    }
    Set<String> names = new LinkedHashSet<>();
    for (InferRequestedOutputTensor output : request.getOutputsList()) {
      String name = output.getName();
      ValueSpec spec =
          signature
              .output(name)
              .orElseThrow(
                  () ->
                      invalid(
                          "unexpected output '"
                              + name
                              + "' (expected: "
                              + signature.outputs().stream()
                                  .map(ValueSpec::name)
                                  .collect(Collectors.joining(", "))
                              + ")"));
      if (!isCarried(spec)) {
        throw uncarried(spec);
      }
      noSharedMemory("output", name, output.getParametersMap());
      if (classes(output) > 0 && !OipRestClasses.isOffered(((TensorSpec) spec).type())) {
        throw invalid("output '" + spec + "' (expected for classification: floats)");
      }
      if (!names.add(name)) {
        throw invalid("output '" + name + "' is asked for twice");
      }
    }
    return names;
  }

  /** How many classes are asked for instead of the output itself; 0 for the output. */
  static int classes(InferRequestedOutputTensor output) {
    return (int) Math.min(count(output.getParametersMap(), "classification"), Integer.MAX_VALUE);
  }

  /** The time that {@code request} gives itself, in microseconds, where that is less than most. */
  static Duration timeout(ModelInferRequest request, Duration most) {
    long micros = count(request.getParametersMap(), "timeout");
    Duration asked = Duration.of(micros, ChronoUnit.MICROS);
    return micros > 0 && asked.compareTo(most) < 0 ? asked : most;
  }

  /** A parameter that is a number from 1 on; 0 if it is nothing of the kind. */
  private static long count(Map<String, InferParameter> parameters, String name) {
    InferParameter value = parameters.getOrDefault(name, InferParameter.getDefaultInstance());
    return switch (value.getParameterChoiceCase()) {
      case INT64_PARAM -> Math.max(0, value.getInt64Param());
      case UINT64_PARAM -> // what does not fit is as good as no limit
          value.getUint64Param() < 0 ? Long.MAX_VALUE : value.getUint64Param();
      case BOOL_PARAM, STRING_PARAM, DOUBLE_PARAM, PARAMETERCHOICE_NOT_SET -> 0;
    };
  }

  private static Set<String> carried(Signature signature) {
    Set<String> names = new LinkedHashSet<>();
    for (ValueSpec output : signature.outputs()) {
      if (isCarried(output)) {
        names.add(output.name());
      }
    }
    if (names.isEmpty() && !signature.outputs().isEmpty()) {
      throw uncarried(signature.outputs().get(0));
    }
    return names.size() == signature.outputs().size() ? Set.of() : names;
  }

  static boolean isCarried(ValueSpec spec) {
    return spec instanceof TensorSpec tensor && OipTypes.datatype(tensor.type()).isPresent();
  }

  private static MlserveException uncarried(ValueSpec spec) {
    return new MlserveException(
        ErrorCode.UNIMPLEMENTED,
        "output '" + spec + "' is nothing that the Open Inference Protocol can carry");
  }

  static MlserveException invalid(String message) {
    return new MlserveException(ErrorCode.INVALID_ARGUMENT, message);
  }
}
