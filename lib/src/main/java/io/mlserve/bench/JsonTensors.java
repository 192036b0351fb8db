package io.mlserve.bench;

import io.mlserve.bench.JsonValue.Listing;
import io.mlserve.bench.JsonValue.Members;
import io.mlserve.bench.JsonValue.Numeric;
import io.mlserve.bench.JsonValue.Text;
import io.mlserve.bench.JsonValue.Truth;
import io.mlserve.bench.JsonValue.Whole;
import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.model.ElementType;
import io.mlserve.model.HalfFloats;
import io.mlserve.model.Shape;
import io.mlserve.model.Signature;
import io.mlserve.model.Tensor;
import io.mlserve.model.TensorSpec;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes tensors of the JSON that people write for one API, so that another can carry them: the body
 * of an Open Inference request, or of TensorFlow Serving's in rows or columns. Where the JSON does
 * not say the type of elements, the signature does.
 */
final class JsonTensors {
  private final String source;
  private final Signature signature;

  /**
   * @param source what messages call the document
   */
  JsonTensors(String source, Signature signature) {
    this.source = source;
    this.signature = signature;
  }

  /** The inputs by name. */
  Map<String, Tensor> read(JsonValue document) {
    Map<String, JsonValue> members =
        document instanceof Members object ? object.members() : Map.of();
    JsonValue inputs = members.get("inputs");
    JsonValue instances = members.get("instances");
    if (inputs instanceof Listing list && isOpenInference(list)) {
      return openInference(list);
    }
    if (inputs != null) {
      return columns(inputs);
    }
    if (instances instanceof Listing rows && !rows.items().isEmpty()) {
      return columns(rowsToColumns(rows));
    }
    throw wrong("no tensors in it (expected: \"inputs\" or \"instances\")");
  }

  /** One tensor of nested or flat lists. */
  Tensor tensor(String name, ElementType type, @Nullable Shape shape, JsonValue nested) {
    List<JsonValue> leaves = new ArrayList<>();
    List<Long> sizes = new ArrayList<>();
    flatten(name, nested, 0, sizes, leaves);
    Shape actual =
        shape == null ? Shape.of(sizes.stream().mapToLong(Long::longValue).toArray()) : shape;
    if (TensorBytes.elements(name, actual) != leaves.size()) {
      throw wrong(
          "'%s' has %d elements (expected: %d for the shape %s)"
              .formatted(name, leaves.size(), actual.elements(), actual));
    }
    if (type == ElementType.STRING) {
      return new Tensor.Strings(
          actual, leaves.stream().map(leaf -> text(name, leaf)).toArray(String[]::new));
    }
    ByteBuffer data = TensorBytes.memory((long) leaves.size() * type.bytes());
    leaves.forEach(leaf -> put(name, type, data, leaf));
    return new Tensor.Numbers(type, actual, data.flip());
  }

  private static boolean isOpenInference(Listing list) {
    return !list.items().isEmpty()
        && list.items().stream()
            .allMatch(
                item ->
                    item instanceof Members object
                        && object.members().containsKey("name")
                        && object.members().containsKey("data"));
  }

  private Map<String, Tensor> openInference(Listing list) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (JsonValue item : list.items()) {
      Map<String, JsonValue> members = ((Members) item).members();
      String name = string(members.get("name"));
      ElementType type = OipTypes.type(name, string(members.get("datatype")));
      JsonValue data = members.get("data");
      Shape shape = members.get("shape") instanceof Listing dims ? shape(name, dims) : null;
      tensors.put(name, tensor(name, type, shape, data == null ? new Listing(List.of()) : data));
    }
    return tensors;
  }

  private Map<String, Tensor> columns(JsonValue inputs) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    boolean named = inputs instanceof Members object && !object.members().containsKey("b64");
    for (TensorSpec spec : signature.inputs()) {
      JsonValue column =
          named
              ? ((Members) inputs).members().get(spec.name())
              : signature.inputs().size() == 1 ? inputs : null;
      if (column == null) {
        throw wrong("no input '" + spec.name() + "' (expected: all that the model takes)");
      }
      tensors.put(spec.name(), tensor(spec.name(), spec.type(), null, column));
    }
    return tensors;
  }

  private static JsonValue rowsToColumns(Listing rows) {
    if (!(rows.items().get(0) instanceof Members first) || first.members().containsKey("b64")) {
      return rows;
    }
    Map<String, JsonValue> columns = new LinkedHashMap<>();
    for (String name : first.members().keySet()) {
      List<JsonValue> column = new ArrayList<>();
      for (JsonValue row : rows.items()) {
        JsonValue cell = row instanceof Members object ? object.members().get(name) : null;
        column.add(cell == null ? new JsonValue.Nothing() : cell);
      }
      columns.put(name, new Listing(column));
    }
    return new Members(columns);
  }

  /** The sizes that a list of numbers says. */
  Shape shape(String name, Listing dims) {
    long[] sizes = new long[dims.items().size()];
    for (int i = 0; i < sizes.length; i++) {
      if (!(dims.items().get(i) instanceof Whole size) || size.value().signum() < 0) {
        throw wrong("'" + name + "': shape with something else than sizes");
      }
      sizes[i] = size.value().longValue();
    }
    return Shape.of(sizes);
  }

  private void flatten(
      String name, JsonValue value, int depth, List<Long> sizes, List<JsonValue> leaves) {
    if (!(value instanceof Listing list)) {
      if (depth != sizes.size()) {
        throw wrong("'" + name + "': lists of different depth");
      }
      leaves.add(value);
      return;
    }
    if (depth == sizes.size()) {
      if (!leaves.isEmpty()) {
        throw wrong("'" + name + "': lists of different depth");
      }
      sizes.add((long) list.items().size());
    } else if (sizes.get(depth) != list.items().size()) {
      throw wrong("'" + name + "': lists of different length");
    }
    list.items().forEach(item -> flatten(name, item, depth + 1, sizes, leaves));
  }

  private String text(String name, JsonValue leaf) {
    if (leaf instanceof Text text) {
      return text.value();
    }
    if (leaf instanceof Members object && object.members().get("b64") instanceof Text encoded) {
      try {
        return new String(Base64.getDecoder().decode(encoded.value()), StandardCharsets.UTF_8);
      } catch (IllegalArgumentException e) {
        throw wrong("'" + name + "': b64 that is none");
      }
    }
    throw wrong("'" + name + "': something else than a text");
  }

  private void put(String name, ElementType type, ByteBuffer data, JsonValue leaf) {
    if (leaf instanceof Truth truth) {
      putWhole(type, data, truth.value() ? BigInteger.ONE : BigInteger.ZERO);
    } else if (leaf instanceof Whole whole) {
      putWhole(type, data, whole.value());
    } else if (leaf instanceof Numeric number && putReal(type, data, number.toDouble())) {
      return;
    } else {
      throw wrong("'%s': something else than %s".formatted(name, type));
    }
  }

  private void putWhole(ElementType type, ByteBuffer data, BigInteger value) {
    if (putReal(type, data, value.doubleValue())) {
      return;
    }
    switch (type.bytes()) {
      case 1 -> data.put(value.byteValue());
      case 2 -> data.putShort(value.shortValue());
      case 4 -> data.putInt(value.intValue());
      default -> data.putLong(value.longValue());
    }
  }

  private boolean putReal(ElementType type, ByteBuffer data, double value) {
    switch (type) {
      case FLOAT -> data.putFloat((float) value);
      case DOUBLE -> data.putDouble(value);
      case FLOAT16 -> data.putShort(HalfFloats.toFloat16((float) value));
      case BFLOAT16 -> data.putShort(HalfFloats.toBfloat16((float) value));
      case FLOAT8E4M3FN, FLOAT8E4M3FNUZ, FLOAT8E5M2, FLOAT8E5M2FNUZ ->
          throw new MlserveException(
              ErrorCode.UNIMPLEMENTED,
              source + ": " + type + " (expected: a type that JSON can carry)");
      case INT8, INT16, INT32, INT64, UINT8, UINT16, UINT32, UINT64, BOOL, STRING -> {
        return false;
      }
    }
    return true;
  }

  private static String string(@Nullable JsonValue value) {
    return value instanceof Text text ? text.value() : "";
  }

  private MlserveException wrong(String what) {
    return new MlserveException(ErrorCode.INVALID_ARGUMENT, source + ": " + what);
  }
}
