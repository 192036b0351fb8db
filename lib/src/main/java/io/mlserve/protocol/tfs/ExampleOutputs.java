package io.mlserve.protocol.tfs;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.model.ElementType;
import io.mlserve.model.Signature;
import io.mlserve.model.Tensor;
import io.mlserve.model.TensorSpec;
import io.mlserve.model.Value;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What classifiers and regressors have in common. */
final class ExampleOutputs {
  private ExampleOutputs() {}

  static List<TensorSpec> floats(Signature signature) {
    return signature.tensorOutputs().stream()
        .filter(spec -> spec.type() == ElementType.FLOAT || spec.type() == ElementType.DOUBLE)
        .toList();
  }

  /** Element {@code index} of a tensor of floats or doubles. */
  static float number(Tensor tensor, int index) {
    Tensor.Numbers numbers = (Tensor.Numbers) tensor;
    return numbers.type() == ElementType.DOUBLE
        ? (float) numbers.data().getDouble(index * Double.BYTES)
        : numbers.data().getFloat(index * Float.BYTES);
  }

  /** Element {@code index} of a tensor of strings or 64-bit integers. */
  static String text(Tensor tensor, int index) {
    return tensor instanceof Tensor.Strings strings
        ? strings.values()[index]
        : Long.toString(((Tensor.Numbers) tensor).data().getLong(index * Long.BYTES));
  }

  /** {@code INVALID_ARGUMENT} unless {@code value} has a row for each example. */
  static Tensor requireRows(String name, @Nullable Value value, int rows) {
    if (value instanceof Tensor tensor
        && tensor.shape().rank() > 0
        && tensor.shape().dim(0) == rows) {
      return tensor;
    }
    throw new MlserveException(
        ErrorCode.INVALID_ARGUMENT,
        "output '" + name + "' has no row for each of " + rows + " examples");
  }

  /** What TensorFlow Serving says to a request that the signature is not made for. */
  static MlserveException wrongMethod(String kind, String method) {
    return new MlserveException(
        ErrorCode.INVALID_ARGUMENT,
        "Expected "
            + kind
            + " signature method_name to be tensorflow/serving/"
            + method
            + ". Was: tensorflow/serving/predict");
  }
}
