package io.mlserve.bench;

import io.mlserve.model.ElementType;
import io.mlserve.model.HalfFloats;
import io.mlserve.model.Shape;
import io.mlserve.model.Tensor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The elements of a tensor for comparing, whatever the API or file they came from: numbers with a
 * fraction, whole numbers (truth values are 0 and 1, unsigned ones of 64 bits their bits), or
 * texts.
 */
public sealed interface TensorValues {
  /** Sizes from the outermost. */
  Shape shape();

  /** Numbers with a fraction. */
  @SuppressWarnings("ArrayRecordComponent") // compared by agree, never by equals
  record Reals(Shape shape, double[] values) implements TensorValues {}

  /** Whole numbers. */
  @SuppressWarnings("ArrayRecordComponent") // compared by agree, never by equals
  record Wholes(Shape shape, long[] values) implements TensorValues {}

  /** Texts. */
  @SuppressWarnings("ArrayRecordComponent") // compared by agree, never by equals
  record Texts(Shape shape, String[] values) implements TensorValues {}

  /** Its first elements in brackets, for people. */
  default String excerpt() {
    int most = 32;
    Stream<String> elements;
    if (this instanceof Reals reals) {
      elements = Arrays.stream(reals.values).limit(most).mapToObj(String::valueOf);
    } else if (this instanceof Wholes wholes) {
      elements = Arrays.stream(wholes.values).limit(most).mapToObj(String::valueOf);
    } else {
      elements = Arrays.stream(((Texts) this).values).limit(most);
    }
    return elements.collect(Collectors.joining(", ", "[", shape().elements() > most ? "..." : "]"));
  }

  /** The elements of a tensor; copies them. */
  static TensorValues of(Tensor tensor) {
    if (tensor instanceof Tensor.Strings strings) {
      return new Texts(strings.shape(), strings.values().clone());
    }
    ByteBuffer data = ((Tensor.Numbers) tensor).data();
    int count = (int) tensor.shape().elements();
    ElementType type = tensor.type();
    return switch (type) {
      case FLOAT,
          DOUBLE,
          FLOAT16,
          BFLOAT16,
          FLOAT8E4M3FN,
          FLOAT8E4M3FNUZ,
          FLOAT8E5M2,
          FLOAT8E5M2FNUZ -> {
        double[] reals = new double[count];
        Arrays.setAll(reals, i -> real(type, data, i));
        yield new Reals(tensor.shape(), reals);
      }
      case INT8, INT16, INT32, INT64, UINT8, UINT16, UINT32, UINT64, BOOL -> {
        long[] wholes = new long[count];
        Arrays.setAll(wholes, i -> whole(type, data, i));
        yield new Wholes(tensor.shape(), wholes);
      }
      case STRING -> throw new IllegalStateException("strings are no numbers");
    };
  }

  /** The nested lists of a JSON document; empty if they are no tensor. */
  static Optional<TensorValues> of(JsonValue nested) {
    List<Long> dims = new ArrayList<>();
    for (JsonValue inner = nested; inner instanceof JsonValue.Listing list; ) {
      dims.add((long) list.items().size());
      if (list.items().isEmpty()) {
        break;
      }
      inner = list.items().get(0);
    }
    List<JsonValue> leaves = new ArrayList<>();
    return flatten(nested, dims, 0, leaves) ? ofLeaves(shape(dims), leaves) : Optional.empty();
  }

  /** The leaves of a JSON document as a tensor of that shape; empty if they are none. */
  static Optional<TensorValues> ofLeaves(Shape shape, List<JsonValue> leaves) {
    if (shape.elements() != leaves.size()) {
      return Optional.empty();
    }
    if (leaves.stream().allMatch(JsonValue.Text.class::isInstance) && !leaves.isEmpty()) {
      return Optional.of(
          new Texts(
              shape,
              leaves.stream().map(leaf -> ((JsonValue.Text) leaf).value()).toArray(String[]::new)));
    }
    boolean whole =
        leaves.stream()
            .allMatch(leaf -> leaf instanceof JsonValue.Whole || leaf instanceof JsonValue.Truth);
    if (whole) {
      return Optional.of(
          new Wholes(shape, leaves.stream().mapToLong(TensorValues::whole).toArray()));
    }
    if (leaves.stream().allMatch(JsonValue.Numeric.class::isInstance)) {
      return Optional.of(
          new Reals(
              shape,
              leaves.stream()
                  .mapToDouble(leaf -> ((JsonValue.Numeric) leaf).toDouble())
                  .toArray()));
    }
    return Optional.empty();
  }

  /** Whether {@code actual} is the same tensor as this, near enough. */
  default boolean agrees(TensorValues actual, Tolerance tolerance) {
    if (!shape().equals(actual.shape())) {
      return false;
    }
    if (this instanceof Texts wanted && actual instanceof Texts got) {
      return Arrays.equals(wanted.values, got.values);
    }
    if (this instanceof Wholes wanted && actual instanceof Wholes got) {
      return Arrays.equals(wanted.values, got.values);
    }
    if (this instanceof Texts || actual instanceof Texts) {
      return false;
    }
    int count = (int) shape().elements();
    for (int i = 0; i < count; i++) {
      if (!tolerance.agree(real(this, i), real(actual, i))) {
        return false;
      }
    }
    return true;
  }

  private static double real(TensorValues values, int index) {
    if (values instanceof Reals reals) {
      return reals.values[index];
    }
    if (values instanceof Wholes wholes) {
      return wholes.values[index];
    }
    throw new IllegalStateException("texts are no numbers");
  }

  private static double real(ElementType type, ByteBuffer data, int i) {
    return switch (type) {
      case FLOAT -> data.getFloat(i * 4);
      case DOUBLE -> data.getDouble(i * 8);
      case FLOAT16 -> HalfFloats.fromFloat16(data.getShort(i * 2));
      case BFLOAT16 -> HalfFloats.fromBfloat16(data.getShort(i * 2));
      case FLOAT8E4M3FN, FLOAT8E4M3FNUZ, FLOAT8E5M2, FLOAT8E5M2FNUZ ->
          SmallFloats.ofFloat8(type, data.get(i));
      case INT8, INT16, INT32, INT64, UINT8, UINT16, UINT32, UINT64, BOOL, STRING ->
          throw new IllegalStateException(type + " has no fraction");
    };
  }

  private static long whole(ElementType type, ByteBuffer data, int i) {
    return switch (type) {
      case INT8 -> data.get(i);
      case UINT8 -> data.get(i) & 0xff;
      case BOOL -> data.get(i) == 0 ? 0 : 1;
      case INT16 -> data.getShort(i * 2);
      case UINT16 -> data.getShort(i * 2) & 0xffff;
      case INT32 -> data.getInt(i * 4);
      case UINT32 -> data.getInt(i * 4) & 0xffff_ffffL;
      case INT64, UINT64 -> data.getLong(i * 8);
      case FLOAT,
          DOUBLE,
          FLOAT16,
          BFLOAT16,
          FLOAT8E4M3FN,
          FLOAT8E4M3FNUZ,
          FLOAT8E5M2,
          FLOAT8E5M2FNUZ,
          STRING ->
          throw new IllegalStateException(type + " is not whole");
    };
  }

  private static long whole(JsonValue leaf) {
    if (leaf instanceof JsonValue.Whole number) {
      return number.value().longValue();
    }
    return leaf instanceof JsonValue.Truth truth && truth.value() ? 1 : 0;
  }

  private static Shape shape(List<Long> dims) {
    return Shape.of(dims.stream().mapToLong(Long::longValue).toArray());
  }

  private static boolean flatten(
      JsonValue value, List<Long> dims, int depth, List<JsonValue> leaves) {
    if (depth == dims.size()) {
      leaves.add(value);
      return !(value instanceof JsonValue.Listing);
    }
    return value instanceof JsonValue.Listing list
        && list.items().size() == dims.get(depth)
        && list.items().stream().allMatch(item -> flatten(item, dims, depth + 1, leaves));
  }
}
