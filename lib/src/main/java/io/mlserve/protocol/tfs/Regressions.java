package io.mlserve.protocol.tfs;

import io.mlserve.model.Signature;
import io.mlserve.model.Tensor;
import io.mlserve.model.TensorSpec;
import io.mlserve.model.Value;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A model as a regressor: it has one output of floats, one number for each example.
 *
 * @param output its name
 */
record Regressions(String output) {
  /** {@code INVALID_ARGUMENT} if the model is none. */
  static Regressions of(Signature signature) {
    List<TensorSpec> floats = ExampleOutputs.floats(signature);
    if (floats.size() != 1 || !isColumn(floats.get(0))) {
      throw ExampleOutputs.wrongMethod("regression", "regress");
    }
    return new Regressions(floats.get(0).name());
  }

  private static boolean isColumn(TensorSpec spec) {
    return spec.shape().rank() == 1 || (spec.shape().rank() == 2 && spec.shape().dim(1) == 1);
  }

  Set<String> outputs() {
    return Set.of(output);
  }

  /** One value for each of {@code rows} examples. */
  float[] read(Map<String, Value> outputs, int rows) {
    Tensor tensor = ExampleOutputs.requireRows(output, outputs.get(output), rows);
    float[] values = new float[rows];
    for (int row = 0; row < rows; row++) {
      values[row] = ExampleOutputs.number(tensor, row);
    }
    return values;
  }
}
