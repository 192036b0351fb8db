package io.mlserve.protocol.oip;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.model.ElementType;
import io.mlserve.model.Signature;
import io.mlserve.model.TensorSpec;
import io.mlserve.model.ValueSpec;
import io.mlserve.protocol.oip.OipRestRequest.Wanted;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** Which outputs a request is answered with, and in what form. */
final class OipRestOutputs {
  private OipRestOutputs() {}

  /**
   * Those that are asked for, in that order, or all that the protocol can carry. {@code
   * INVALID_ARGUMENT} names one that the model does not have, {@code UNIMPLEMENTED} one that cannot
   * be carried.
   *
   * @param asked for by name, with its parameters; empty for all
   * @param binary whether they come as bytes where their parameters say nothing else
   */
  static List<Wanted> wanted(
      Signature signature, Map<String, OipJsonParameters> asked, boolean binary) {
    List<Wanted> wanted = new ArrayList<>();
    asked.forEach((name, parameters) -> wanted.add(one(signature, name, parameters, binary)));
    if (wanted.isEmpty()) {
      for (TensorSpec spec : signature.tensorOutputs()) {
        if (OipTypes.datatype(spec.type()).isPresent()) {
          wanted.add(new Wanted(spec.name(), binary, 0));
        }
      }
    }
    if (wanted.isEmpty()) {
      throw new MlserveException(
          ErrorCode.UNIMPLEMENTED,
          "this protocol can carry none of the outputs " + signature.outputs());
    }
    return wanted;
  }

  private static Wanted one(
      Signature signature, String name, OipJsonParameters parameters, boolean binary) {
    ValueSpec spec =
        signature
            .output(name)
            .orElseThrow(
                () ->
                    new MlserveException(
                        ErrorCode.INVALID_ARGUMENT,
                        "unexpected inference output '"
                            + name
                            + "' (expected: "
                            + String.join(", ", OipJsonRequest.names(signature.outputs()))
                            + ")"));
    if (!(spec instanceof TensorSpec tensor) || OipTypes.datatype(tensor.type()).isEmpty()) {
      throw new MlserveException(
          ErrorCode.UNIMPLEMENTED, "output '" + spec + "', which this protocol cannot carry");
    }
    if (parameters.says("shared_memory_region")) {
      throw new MlserveException(
          ErrorCode.UNIMPLEMENTED,
          "output '" + name + "' is wanted in shared memory, which is not offered");
    }
    boolean asBytes = parameters.flag("binary_data").orElse(binary);
    return new Wanted(name, asBytes, classes(tensor, parameters.count("classification")));
  }

  private static int classes(TensorSpec spec, OptionalLong count) {
    if (count.isEmpty() || count.getAsLong() == 0) {
      return 0;
    }
    ElementType type = spec.type();
    if (!OipRestClasses.isOffered(type)) {
      throw new MlserveException(
          ErrorCode.INVALID_ARGUMENT,
          "output '" + spec.name() + "' of " + type + " (expected for classification: floats)");
    }
    return (int) Math.min(count.getAsLong(), Integer.MAX_VALUE);
  }
}
