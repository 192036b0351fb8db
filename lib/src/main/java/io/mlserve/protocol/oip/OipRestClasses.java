package io.mlserve.protocol.oip;

import io.mlserve.model.ElementType;
import io.mlserve.model.HalfFloats;
import io.mlserve.model.Shape;
import io.mlserve.model.Tensor;
import java.nio.ByteBuffer;
import java.util.Comparator;
import java.util.Locale;
import java.util.PriorityQueue;
import java.util.function.IntToDoubleFunction;

/**
 * The classification extension: the largest elements of an output as strings {@code value:index},
 * largest first, the value with six decimals as Triton writes it.
 */
final class OipRestClasses {
  private OipRestClasses() {}

  static boolean isOffered(ElementType type) {
    return switch (type) {
      case FLOAT, DOUBLE, FLOAT16, BFLOAT16 -> true;
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
          STRING ->
          false;
    };
  }

  /**
   * The {@code most} largest elements of each row if there are two dimensions or more, of all
   * elements otherwise; fewer where there are fewer. Indices count from the row's start.
   */
  static Tensor largest(Tensor.Numbers tensor, int most) {
    Shape shape = tensor.shape();
    int elements = (int) shape.elements();
    boolean inRows = shape.rank() > 1;
    int rows = inRows ? (int) shape.dim(0) : 1;
    int size = rows == 0 ? 0 : elements / rows;
    int kept = Math.min(most, size);
    IntToDoubleFunction values = values(tensor);
    String[] classes = new String[rows * kept];
    for (int row = 0; row < rows; row++) {
      fill(classes, row * kept, kept, values, row * size, size);
    }
    return new Tensor.Strings(inRows ? Shape.of(rows, kept) : Shape.of(kept), classes);
  }

  private static void fill(
      String[] classes, int to, int kept, IntToDoubleFunction values, int from, int size) {
    // What is no number comes last; of equals the first one comes first.
    Comparator<Integer> worstFirst =
        Comparator.<Integer>comparingDouble(i -> rank(values.applyAsDouble(from + i)))
            .thenComparing(Comparator.reverseOrder());
    PriorityQueue<Integer> best = new PriorityQueue<>(kept + 1, worstFirst);
    for (int i = 0; i < size && kept > 0; i++) {
      best.add(i);
      if (best.size() > kept) {
        best.remove();
      }
    }
    for (int place = kept - 1; place >= 0; place--) {
      int index = best.remove();
      classes[to + place] =
          String.format(Locale.ROOT, "%f:%d", values.applyAsDouble(from + index), index);
    }
  }

  private static double rank(double value) {
    return Double.isNaN(value) ? Double.NEGATIVE_INFINITY : value;
  }

  private static IntToDoubleFunction values(Tensor.Numbers tensor) {
    ByteBuffer data = tensor.data();
    return switch (tensor.type()) {
      case FLOAT -> i -> data.getFloat(4 * i);
      case DOUBLE -> i -> data.getDouble(8 * i);
      case FLOAT16 -> i -> HalfFloats.fromFloat16(data.getShort(2 * i));
      case BFLOAT16 -> i -> HalfFloats.fromBfloat16(data.getShort(2 * i));
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
          STRING ->
          throw new IllegalStateException("classification of " + tensor.type());
    };
  }
}
