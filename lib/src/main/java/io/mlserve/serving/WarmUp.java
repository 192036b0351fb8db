package io.mlserve.serving;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.model.ElementType;
import io.mlserve.model.InferRequest;
import io.mlserve.model.Shape;
import io.mlserve.model.Signature;
import io.mlserve.model.Tensor;
import io.mlserve.model.TensorSpec;
import io.mlserve.runtime.OnnxModel;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A first run with inputs made from the signature: zeros and empty strings, every open dimension 1.
 * It shows that the model runs at all, and takes what a first run costs off the first client.
 */
final class WarmUp {
  private static final long MOST_BYTES = 1L << 30;

  private WarmUp() {}

  /** {@code DATA_LOSS} if the model does not run on such inputs. */
  static void run(OnnxModel model) {
    Map<String, Tensor> inputs = inputs(model.signature());
    try {
      model.run(InferRequest.of(inputs), WarmUp::memory);
    } catch (MlserveException e) {
      throw new MlserveException(
              ErrorCode.DATA_LOSS,
              "warm-up run with zeros of shape " + shapes(inputs) + " failed: " + e.message(),
              e)
          .withHint("if this model cannot run on zeros, serve it with --warm-up off");
    }
  }

  /** Zeros and empty strings. */
  static Map<String, Tensor> inputs(Signature signature) {
    Map<String, Tensor> inputs = new LinkedHashMap<>();
    for (TensorSpec spec : signature.inputs()) {
      long[] dims = spec.shape().toArray();
      for (int axis = 0; axis < dims.length; axis++) {
        dims[axis] = dims[axis] == Shape.ANY ? 1 : dims[axis];
      }
      inputs.put(spec.name(), zeros(spec.type(), Shape.of(dims)));
    }
    return inputs;
  }

  private static Tensor zeros(ElementType type, Shape shape) {
    if (type == ElementType.STRING) {
      String[] values = new String[Math.toIntExact(shape.elements())];
      Arrays.fill(values, "");
      return new Tensor.Strings(shape, values);
    }
    return new Tensor.Numbers(type, shape, memory(shape.elements() * type.bytes()));
  }

  private static ByteBuffer memory(long bytes) {
    if (bytes > MOST_BYTES) {
      throw new MlserveException(
          ErrorCode.RESOURCE_EXHAUSTED,
          "warm-up would need a tensor of " + bytes + " bytes (expected: at most 1 GiB)");
    }
    return ByteBuffer.allocateDirect((int) bytes).order(ByteOrder.nativeOrder());
  }

  private static String shapes(Map<String, Tensor> inputs) {
    Map<String, Shape> shapes = new LinkedHashMap<>();
    inputs.forEach((name, tensor) -> shapes.put(name, tensor.shape()));
    return shapes.toString();
  }
}
