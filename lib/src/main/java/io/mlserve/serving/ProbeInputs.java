package io.mlserve.serving;

import io.mlserve.model.ElementType;
import io.mlserve.model.Shape;
import io.mlserve.model.Signature;
import io.mlserve.model.Tensor;
import io.mlserve.model.TensorSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;

/** Inputs made up to try a model with; the same ones each time. */
final class ProbeInputs {
  private static final long SEED = 20_240_229;

  private ProbeInputs() {}

  /**
   * Numbers for every input.
   *
   * @param rows of each
   * @param open what stands for an open dimension behind the rows
   */
  static Map<String, Tensor> of(Signature signature, int rows, long open) {
    SplittableRandom random = new SplittableRandom(SEED);
    Map<String, Tensor> inputs = new LinkedHashMap<>();
    for (TensorSpec spec : signature.inputs()) {
      long[] dims = spec.shape().toArray();
      for (int axis = 0; axis < dims.length; axis++) {
        if (dims[axis] == Shape.ANY) {
          dims[axis] = axis == 0 ? rows : open;
        }
      }
      inputs.put(spec.name(), filled(spec.type(), Shape.of(dims), random));
    }
    return inputs;
  }

  // Small numbers: whole ones are often indices, of which 0 and 1 are there as a rule.
  private static Tensor filled(ElementType type, Shape shape, SplittableRandom random) {
    int count = Math.toIntExact(shape.elements());
    ByteBuffer data = memory((long) count * type.bytes());
    for (int i = 0; i < count; i++) {
      switch (type) {
        case FLOAT -> data.putFloat(i * 4, (float) random.nextDouble(-1, 1));
        case DOUBLE -> data.putDouble(i * 8, random.nextDouble(-1, 1));
        case FLOAT16 -> data.putShort(i * 2, (short) (0x3000 + random.nextInt(0x0c00)));
        case BFLOAT16 -> data.putShort(i * 2, (short) (0x3e00 + random.nextInt(0x0180)));
        case INT64, UINT64 -> data.putLong(i * 8, random.nextInt(2));
        case INT32, UINT32 -> data.putInt(i * 4, random.nextInt(2));
        case INT16, UINT16 -> data.putShort(i * 2, (short) random.nextInt(2));
        case INT8, UINT8, BOOL -> data.put(i, (byte) random.nextInt(2));
        case FLOAT8E4M3FN, FLOAT8E4M3FNUZ, FLOAT8E5M2, FLOAT8E5M2FNUZ ->
            data.put(i, (byte) (0x30 + random.nextInt(8)));
        case STRING -> throw new IllegalArgumentException("strings are no numbers");
      }
    }
    return new Tensor.Numbers(type, shape, data);
  }

  static ByteBuffer memory(long bytes) {
    return ByteBuffer.allocateDirect(Math.toIntExact(bytes)).order(ByteOrder.nativeOrder());
  }
}
