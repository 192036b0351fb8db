package io.mlserve.bench;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.model.ElementType;
import io.mlserve.model.HalfFloats;
import io.mlserve.model.Shape;
import io.mlserve.model.Tensor;
import io.mlserve.model.TensorSpec;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Makes up tensors that fit a signature. A dimension of any size is {@code batch} if it is the
 * outermost and 1 if it is not, unless a shape is given.
 */
public final class GeneratedInputs {
  private static final int MOST_INPUTS = 16;
  private static final long MOST_BYTES = 32 << 20;
  private static final int LETTERS = 8;

  private final List<TensorSpec> specs;
  private final Map<String, Shape> shapes;

  /**
   * Refuses a batch that the signature does not allow.
   *
   * @param given shapes by name, where they are not to be made up
   */
  public GeneratedInputs(List<TensorSpec> specs, long batch, Map<String, Shape> given) {
    this.specs = List.copyOf(specs);
    this.shapes = new LinkedHashMap<>();
    for (TensorSpec spec : specs) {
      Shape wanted = given.get(spec.name());
      shapes.put(spec.name(), wanted == null ? shape(spec, batch) : checked(spec, wanted));
    }
    for (String name : given.keySet()) {
      if (!shapes.containsKey(name)) {
        throw new MlserveException(
            ErrorCode.INVALID_ARGUMENT,
            "shape of '%s' (expected: one of %s)".formatted(name, shapes.keySet()));
      }
    }
  }

  /** One input in which every number is 0, every truth value false and every text empty. */
  public List<Input> zeros() {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (TensorSpec spec : specs) {
      Shape shape = shapes.getOrDefault(spec.name(), Shape.SCALAR);
      tensors.put(spec.name(), zeros(spec, shape));
    }
    return List.of(new Input.Tensors(tensors));
  }

  /**
   * Up to 16 different inputs; the same seed gives the same ones. Fractions lie in [0, 1), whole
   * numbers in 0 to 9, so that they are valid indexes of most tables.
   */
  public List<Input> random(long seed) {
    SplittableRandom bits = new SplittableRandom(seed);
    List<Input> inputs = new ArrayList<>();
    long bytes = 0;
    while (inputs.size() < MOST_INPUTS && bytes < MOST_BYTES) {
      Map<String, Tensor> tensors = new LinkedHashMap<>();
      for (TensorSpec spec : specs) {
        Shape shape = shapes.getOrDefault(spec.name(), Shape.SCALAR);
        tensors.put(spec.name(), random(spec, shape, bits));
        bytes += shape.elements() * Math.max(LETTERS, spec.type().bytes());
      }
      inputs.add(new Input.Tensors(tensors));
    }
    return inputs;
  }

  private static Shape shape(TensorSpec spec, long batch) {
    long[] dims = spec.shape().toArray();
    boolean fixed = dims.length > 0 && dims[0] >= 0;
    if (batch > 1 && (dims.length == 0 || (fixed && dims[0] != batch))) {
      throw new MlserveException(
          ErrorCode.INVALID_ARGUMENT,
          "batch of %d: input '%s' has the shape %s (expected: a first size of -1 or %d)"
              .formatted(batch, spec.name(), spec.shape(), batch));
    }
    for (int i = 0; i < dims.length; i++) {
      dims[i] = dims[i] >= 0 ? dims[i] : i == 0 ? batch : 1;
    }
    return Shape.of(dims);
  }

  private static Shape checked(TensorSpec spec, Shape wanted) {
    if (!spec.shape().accepts(wanted)) {
      throw new MlserveException(
          ErrorCode.INVALID_ARGUMENT,
          "shape %s of '%s' (expected: %s)".formatted(wanted, spec.name(), spec.shape()));
    }
    return wanted;
  }

  private static Tensor zeros(TensorSpec spec, Shape shape) {
    int count = (int) TensorBytes.elements(spec.name(), shape);
    if (spec.type() == ElementType.STRING) {
      String[] texts = new String[count];
      Arrays.fill(texts, "");
      return new Tensor.Strings(shape, texts);
    }
    return new Tensor.Numbers(
        spec.type(), shape, TensorBytes.memory((long) count * spec.type().bytes()));
  }

  private static Tensor random(TensorSpec spec, Shape shape, SplittableRandom bits) {
    int count = (int) TensorBytes.elements(spec.name(), shape);
    if (spec.type() == ElementType.STRING) {
      String[] texts = new String[count];
      Arrays.setAll(texts, i -> text(bits));
      return new Tensor.Strings(shape, texts);
    }
    ByteBuffer data = TensorBytes.memory((long) count * spec.type().bytes());
    for (int i = 0; i < count; i++) {
      put(spec.type(), data, bits);
    }
    return new Tensor.Numbers(spec.type(), shape, data.flip());
  }

  private static void put(ElementType type, ByteBuffer data, SplittableRandom bits) {
    switch (type) {
      case FLOAT -> data.putFloat(fraction(bits));
      case DOUBLE -> data.putDouble(fraction(bits));
      case FLOAT16 -> data.putShort(HalfFloats.toFloat16(fraction(bits)));
      case BFLOAT16 -> data.putShort(HalfFloats.toBfloat16(fraction(bits)));
      case FLOAT8E4M3FN, FLOAT8E4M3FNUZ, FLOAT8E5M2, FLOAT8E5M2FNUZ ->
          data.put(SmallFloats.zeroHalfOne(type)[bits.nextInt(3)]);
      case INT8, UINT8 -> data.put((byte) bits.nextInt(10));
      case INT16, UINT16 -> data.putShort((short) bits.nextInt(10));
      case INT32, UINT32 -> data.putInt(bits.nextInt(10));
      case INT64, UINT64 -> data.putLong(bits.nextInt(10));
      case BOOL -> data.put((byte) bits.nextInt(2));
      case STRING -> throw new IllegalStateException("strings are no numbers");
    }
  }

  private static float fraction(SplittableRandom bits) {
    return bits.nextInt(1 << 24) / (float) (1 << 24);
  }

  private static String text(SplittableRandom bits) {
    StringBuilder text = new StringBuilder(LETTERS);
    for (int i = 0; i < LETTERS; i++) {
      text.append((char) ('a' + bits.nextInt(26)));
    }
    return text.toString();
  }
}
