package io.mlserve.runtime;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.TensorInfo;
import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.model.ElementType;
import io.mlserve.model.Shape;
import io.mlserve.model.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/** Our tensors as ONNX Runtime's, over the same memory, and back. */
final class OrtTensors {
  private OrtTensors() {}

  /** A view of {@code tensor} that copies nothing but strings; the caller closes it. */
  static OnnxTensor of(OrtEnvironment environment, Tensor tensor) throws OrtException {
    long[] shape = tensor.shape().toArray();
    if (tensor instanceof Tensor.Numbers numbers) {
      Optional<OnnxJavaType> carrier = ElementTypes.carrier(numbers.type());
      return carrier.isPresent()
          ? OnnxTensor.createTensor(environment, numbers.data(), shape, carrier.get())
          : UncarriedTensors.create(environment, numbers);
    }
    return OnnxTensor.createTensor(environment, ((Tensor.Strings) tensor).values(), shape);
  }

  /** A copy that outlives {@code tensor}. */
  static Tensor copyOf(OnnxTensor tensor, ElementType type) {
    TensorInfo info = tensor.getInfo();
    Shape shape = Shape.of(info.getShape());
    if (type == ElementType.STRING) {
      return new Tensor.Strings(shape, strings(tensor, shape));
    }
    ByteBuffer copy = ByteBuffer.allocateDirect(Math.toIntExact(shape.elements() * type.bytes()));
    if (copy.capacity() > 0) {
      copy.put(tensor.getByteBuffer());
    }
    return new Tensor.Numbers(type, shape, copy.flip().order(ByteOrder.nativeOrder()));
  }

  private static String[] strings(OnnxTensor tensor, Shape shape) {
    try {
      String[] flat = new String[Math.toIntExact(shape.elements())];
      if (flat.length > 0) {
        flatten(tensor.getValue(), flat, 0);
      }
      return flat;
    } catch (OrtException e) {
      throw new MlserveException(
          ErrorCode.INTERNAL, "cannot read strings: " + RunFailures.text(e), e);
    }
  }

  // The binding gives strings as nested arrays only.
  private static int flatten(Object value, String[] flat, int at) {
    int next = at;
    if (value instanceof Object[] row) {
      for (Object element : row) {
        next = flatten(element, flat, next);
      }
      return next;
    }
    flat[next] = (String) value;
    return next + 1;
  }
}
