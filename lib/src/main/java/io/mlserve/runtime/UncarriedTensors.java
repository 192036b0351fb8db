package io.mlserve.runtime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.TensorInfo;
import ai.onnxruntime.TensorInfo.OnnxTensorType;
import io.mlserve.model.ElementType;
import io.mlserve.model.Tensor;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.Buffer;
import java.util.Arrays;

/**
 * Tensors of uint16, uint32, uint64 and the 8-bit floats. ONNX Runtime's native layer makes them,
 * its Java binding only reads them: there is no public way to feed one. So this class calls what
 * the binding's own {@code createTensor} calls, with the element type that it cannot name.
 */
final class UncarriedTensors {
  private static final Access ACCESS = Access.open();

  private UncarriedTensors() {}

  /** The members of the binding that its {@code createTensor} uses. */
  private record Access(
      long api,
      MethodHandle allocator,
      MethodHandle allocatorHandle,
      MethodHandle create,
      MethodHandle info,
      MethodHandle tensor) {

    static Access open() {
      try {
        MethodHandles.Lookup lookup =
            MethodHandles.privateLookupIn(OnnxTensor.class, MethodHandles.lookup());
        Class<?> runtime = lookup.findClass("ai.onnxruntime.OnnxRuntime");
        Class<?> allocator = lookup.findClass("ai.onnxruntime.OrtAllocator");
        return new Access(
            (long) lookup.findStaticGetter(runtime, "ortApiHandle", long.class).invoke(),
            lookup.findGetter(OrtEnvironment.class, "defaultAllocator", allocator),
            lookup.findGetter(allocator, "handle", long.class),
            lookup.findStatic(
                OnnxTensor.class,
                "createTensorFromBuffer",
                MethodType.methodType(
                    long.class,
                    long.class,
                    long.class,
                    Buffer.class,
                    int.class,
                    long.class,
                    long[].class,
                    int.class)),
            lookup.findConstructor(
                TensorInfo.class,
                MethodType.methodType(void.class, long[].class, String[].class, int.class)),
            lookup.findConstructor(
                OnnxTensor.class,
                MethodType.methodType(
                    void.class,
                    long.class,
                    long.class,
                    TensorInfo.class,
                    Buffer.class,
                    boolean.class)));
      } catch (Throwable e) {
        throw new IllegalStateException("this version of the ONNX Runtime binding is not known", e);
      }
    }
  }

  static OnnxTensor create(OrtEnvironment environment, Tensor.Numbers numbers) throws OrtException {
    long[] shape = numbers.shape().toArray();
    int type = bindingType(numbers.type());
    String[] noNames = new String[shape.length];
    Arrays.fill(noNames, "");
    try {
      Object allocator = ACCESS.allocator.invoke(environment);
      long allocatorHandle = (long) ACCESS.allocatorHandle.invoke(allocator);
      long handle =
          (long)
              ACCESS.create.invoke(
                  ACCESS.api,
                  allocatorHandle,
                  (Buffer) numbers.data(),
                  numbers.data().position(),
                  (long) numbers.data().remaining(),
                  shape,
                  type);
      Object info = ACCESS.info.invoke(shape, noNames, type);
      return (OnnxTensor)
          ACCESS.tensor.invoke(
              handle, allocatorHandle, (TensorInfo) info, (Buffer) numbers.data(), false);
    } catch (OrtException | RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  // The binding numbers the types in an order of its own, not as onnxruntime_c_api.h does.
  private static int bindingType(ElementType type) {
    return switch (type) {
      case UINT16 -> OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT16.value;
      case UINT32 -> OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT32.value;
      case UINT64 -> OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT64.value;
      case FLOAT8E4M3FN -> OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT8E4M3FN.value;
      case FLOAT8E4M3FNUZ -> OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT8E4M3FNUZ.value;
      case FLOAT8E5M2 -> OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT8E5M2.value;
      case FLOAT8E5M2FNUZ -> OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT8E5M2FNUZ.value;
      case FLOAT, DOUBLE, FLOAT16, BFLOAT16, INT8, INT16, INT32, INT64, UINT8, BOOL, STRING ->
          throw new IllegalArgumentException(type + " needs no help");
    };
  }
}
