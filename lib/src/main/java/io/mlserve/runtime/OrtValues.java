package io.mlserve.runtime;

import ai.onnxruntime.OnnxMap;
import ai.onnxruntime.OnnxSequence;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtException;
import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.model.ElementType;
import io.mlserve.model.Shape;
import io.mlserve.model.Tensor;
import io.mlserve.model.Value;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What a run returned, as our values. */
final class OrtValues {
  private OrtValues() {}

  /** A copy that outlives {@code value}; {@code UNIMPLEMENTED} names the output it cannot copy. */
  static Value copyOf(OnnxValue value, String name) throws OrtException {
    if (value instanceof OnnxTensor tensor) {
      ElementType type =
          ElementTypes.of(tensor.getInfo().onnxType)
              .orElseThrow(() -> strange(name, tensor.getInfo().onnxType.name()));
      return OrtTensors.copyOf(tensor, type);
    }
    if (value instanceof OnnxSequence sequence) {
      List<Value> elements = new ArrayList<>();
      for (OnnxValue element : sequence.getValue()) {
        try (element) {
          elements.add(copyOf(element, name));
        }
      }
      return new Value.Sequence(elements);
    }
    if (value instanceof OnnxMap map) {
      Map<?, ?> entries = map.getValue();
      return new Value.Dictionary(
          column(entries.keySet().toArray(), name), column(entries.values().toArray(), name));
    }
    throw strange(name, value.getType().name());
  }

  // The binding gives the keys and values of a map as boxed longs, floats, doubles or strings.
  private static Tensor column(Object[] values, String name) {
    Shape shape = Shape.of(values.length);
    if (values.length == 0 || values[0] instanceof String) {
      String[] strings = new String[values.length];
      for (int i = 0; i < values.length; i++) {
        strings[i] = (String) values[i];
      }
      return new Tensor.Strings(shape, strings);
    }
    ByteBuffer data = ByteBuffer.allocateDirect(8 * values.length).order(ByteOrder.nativeOrder());
    ElementType type = numberType(values[0], name);
    for (Object value : values) {
      if (value instanceof Long number) {
        data.putLong(number);
      } else if (value instanceof Float number) {
        data.putFloat(number);
      } else if (value instanceof Double number) {
        data.putDouble(number);
      }
    }
    return new Tensor.Numbers(type, shape, data.flip().order(ByteOrder.nativeOrder()));
  }

  private static ElementType numberType(Object value, String name) {
    if (value instanceof Long) {
      return ElementType.INT64;
    }
    if (value instanceof Float) {
      return ElementType.FLOAT;
    }
    if (value instanceof Double) {
      return ElementType.DOUBLE;
    }
    throw strange(name, value.getClass().getSimpleName());
  }

  private static MlserveException strange(String name, String what) {
    return new MlserveException(
        ErrorCode.UNIMPLEMENTED, "output '" + name + "' holds a value of type " + what);
  }
}
