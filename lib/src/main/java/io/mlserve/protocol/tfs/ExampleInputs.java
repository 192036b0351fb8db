package io.mlserve.protocol.tfs;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.model.ElementType;
import io.mlserve.model.HalfFloats;
import io.mlserve.model.Shape;
import io.mlserve.model.Signature;
import io.mlserve.model.Tensor;
import io.mlserve.model.TensorSpec;
import io.mlserve.serving.TensorMemory;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * From examples to tensors: an input is the feature of the same name, one example a row. Features
 * that are no input are passed over. Whole numbers are taken where a model wants floats.
 */
final class ExampleInputs {
  private final List<Map<String, ExampleFeature>> examples;
  private final TensorMemory memory;

  private ExampleInputs(List<Map<String, ExampleFeature>> examples, TensorMemory memory) {
    this.examples = examples;
    this.memory = memory;
  }

  /** {@code INVALID_ARGUMENT}, naming example and feature, if one is missing or does not fit. */
  static Map<String, Tensor> of(
      List<Map<String, ExampleFeature>> examples, Signature signature, TensorMemory memory) {
    if (examples.isEmpty()) {
      throw invalid("Input is empty");
    }
    ExampleInputs inputs = new ExampleInputs(examples, memory);
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (TensorSpec spec : signature.inputs()) {
      tensors.put(spec.name(), inputs.tensor(spec));
    }
    return tensors;
  }

  private Tensor tensor(TensorSpec spec) {
    Shape shape = shape(spec);
    int width = Math.toIntExact(shape.elements() / examples.size());
    boolean texts = spec.type() == ElementType.STRING;
    String[] strings = new String[texts ? width * examples.size() : 0];
    ByteBuffer data = memory.take(spec.name(), shape.elements() * spec.type().bytes());
    for (int row = 0; row < examples.size(); row++) {
      ExampleFeature feature = feature(row, spec);
      if (feature.size() != width) {
        throw invalid(
            at(row, spec) + " has " + feature.size() + " values (expected: " + width + ")");
      }
      for (int i = 0; i < width; i++) {
        if (feature instanceof ExampleFeature.Texts values && texts) {
          strings[row * width + i] = values.values()[i];
        } else if (texts || !put(feature, i, spec.type(), data)) {
          throw invalid(at(row, spec) + ": value " + i + " is no " + TfsTypes.dtype(spec.type()));
        }
      }
    }
    return texts
        ? new Tensor.Strings(shape, strings)
        : new Tensor.Numbers(spec.type(), shape, data.flip());
  }

  /** The first example fills what the signature leaves open beside the number of rows. */
  private Shape shape(TensorSpec spec) {
    long[] dims = spec.shape().toArray();
    if (dims.length == 0 || (dims[0] != Shape.ANY && dims[0] != examples.size())) {
      throw invalid(
          "input '" + spec + "' does not take " + examples.size() + " examples as its rows");
    }
    dims[0] = examples.size();
    long size = feature(0, spec).size();
    int open = -1;
    long known = 1;
    for (int axis = 1; axis < dims.length; axis++) {
      if (dims[axis] != Shape.ANY) {
        known *= dims[axis];
      } else if (open >= 0) {
        throw invalid("input '" + spec + "' has a shape that examples do not tell");
      } else {
        open = axis;
      }
    }
    if (open >= 0) {
      dims[open] = known == 0 ? 0 : size / known;
    }
    return Shape.of(dims);
  }

  private ExampleFeature feature(int row, TensorSpec spec) {
    ExampleFeature feature = examples.get(row).get(spec.name());
    if (feature == null) {
      throw invalid(at(row, spec) + " is missing");
    }
    return feature;
  }

  private static String at(int row, TensorSpec spec) {
    return "example " + row + ": feature '" + spec.name() + "'";
  }

  /** Whether value {@code i} is one of {@code type}, and then put. */
  private static boolean put(ExampleFeature feature, int i, ElementType type, ByteBuffer data) {
    if (feature instanceof ExampleFeature.Integers integers) {
      return put(integers.values()[i], type, data);
    }
    return feature instanceof ExampleFeature.Reals reals && put(reals.values()[i], type, data);
  }

  private static boolean put(float value, ElementType type, ByteBuffer data) {
    switch (type) {
      case FLOAT -> data.putFloat(value);
      case DOUBLE -> data.putDouble(value);
      case FLOAT16 -> data.putShort(HalfFloats.toFloat16(value));
      case BFLOAT16 -> data.putShort(HalfFloats.toBfloat16(value));
      case FLOAT8E4M3FN,
          FLOAT8E4M3FNUZ,
          FLOAT8E5M2,
          FLOAT8E5M2FNUZ,
          INT8,
          INT16,
          INT32,
          INT64,
          UINT8,
          UINT16,
          UINT32,
          UINT64,
          BOOL,
          STRING -> {
        return false;
      }
    }
    return true;
  }

  private static boolean put(long value, ElementType type, ByteBuffer data) {
    switch (type) {
      case INT8, INT16, INT32 -> {
        int unused = Long.SIZE - Byte.SIZE * type.bytes();
        return value << unused >> unused == value && putBytes(value, type.bytes(), data);
      }
      case UINT8, UINT16, UINT32, BOOL -> {
        int bits = type == ElementType.BOOL ? 1 : Byte.SIZE * type.bytes();
        return value >>> bits == 0 && putBytes(value, type.bytes(), data);
      }
      case INT64 -> data.putLong(value);
      case UINT64 -> {
        return value >= 0 && putBytes(value, Long.BYTES, data);
      }
      case DOUBLE -> data.putDouble((double) value);
      case FLOAT, FLOAT16, BFLOAT16 -> {
        return put((float) value, type, data);
      }
      case FLOAT8E4M3FN, FLOAT8E4M3FNUZ, FLOAT8E5M2, FLOAT8E5M2FNUZ, STRING -> {
        return false;
      }
    }
    return true;
  }

  private static boolean putBytes(long value, int bytes, ByteBuffer data) {
    switch (bytes) {
      case 1 -> data.put((byte) value);
      case 2 -> data.putShort((short) value);
      case 4 -> data.putInt((int) value);
      default -> data.putLong(value);
    }
    return true;
  }

  private static MlserveException invalid(String message) {
    return new MlserveException(ErrorCode.INVALID_ARGUMENT, message);
  }
}
