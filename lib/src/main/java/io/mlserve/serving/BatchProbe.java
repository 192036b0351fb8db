package io.mlserve.serving;

import io.mlserve.error.MlserveException;
import io.mlserve.model.ElementType;
import io.mlserve.model.Shape;
import io.mlserve.model.Signature;
import io.mlserve.model.Tensor;
import io.mlserve.model.TensorSpec;
import io.mlserve.model.Value;
import io.mlserve.model.ValueSpec;
import io.mlserve.runtime.BoundRun;
import io.mlserve.runtime.OnnxModel;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out before the first request whether requests may share a run.
 *
 * <p>That a first dimension is open does not make it a batch: it may be time, or the model may
 * compare rows with each other. So rows are run alone and together, in two orders, and only a model
 * that answers each of them alike, within the tolerance of its floats, gets batches.
 */
final class BatchProbe {
  private static final Logger log = LoggerFactory.getLogger(BatchProbe.class);

  private static final int ROWS = 3;
  private static final double RELATIVE = 1e-3;
  private static final double OF_LARGEST = 1e-5;

  private final OnnxModel model;

  private BatchProbe(OnnxModel model) {
    this.model = model;
  }

  /** Whether all dimensions but the first of each input are fixed. */
  static boolean rowsAreFixed(Signature signature) {
    for (TensorSpec input : signature.inputs()) {
      for (int axis = 1; axis < input.shape().rank(); axis++) {
        if (input.shape().dim(axis) == Shape.ANY) {
          return false;
        }
      }
    }
    return true;
  }

  /** Whether requests for {@code model} may share runs; runs it a few times. */
  static boolean batches(OnnxModel model) {
    BatchProbe probe = new BatchProbe(model);
    return rowsLead(model.signature())
        && (probe.rowsAreIndependent(2) || probe.rowsAreIndependent(1));
  }

  private static boolean rowsLead(Signature signature) {
    for (TensorSpec input : signature.inputs()) {
      if (!leads(input)) {
        return false;
      }
    }
    for (ValueSpec output : signature.outputs()) {
      if (!(output instanceof TensorSpec tensor) || !leads(tensor)) {
        return false;
      }
    }
    return !signature.inputs().isEmpty();
  }

  private static boolean leads(TensorSpec spec) {
    return spec.type() != ElementType.STRING
        && spec.shape().rank() > 0
        && spec.shape().dim(0) == Shape.ANY;
  }

  private boolean rowsAreIndependent(long open) {
    try {
      Map<String, Tensor> forward = ProbeInputs.of(model.signature(), ROWS, open);
      Map<String, Tensor> backward = reversed(forward);
      Map<String, Value> together = run(forward, ROWS);
      Map<String, Value> reversed = run(backward, ROWS);
      for (int row = 0; row < ROWS; row++) {
        Map<String, Value> alone = run(rows(forward, row, 1), 1);
        if (!alike(alone, together, row) || !alike(alone, reversed, ROWS - 1 - row)) {
          return false;
        }
      }
      return true;
    } catch (MlserveException | ArithmeticException e) {
      log.debug("not batched: {}", e.getMessage());
      return false;
    }
  }

  // Bound, because that is how batches run: outputs must have their sizes before.
  private Map<String, Value> run(Map<String, Tensor> inputs, int rows) {
    try (BoundRun run = model.bind(inputs, ProbeInputs::memory).orElse(null)) {
      if (run == null) {
        return Map.of();
      }
      Map<String, Value> outputs = run.run();
      for (Value output : outputs.values()) {
        if (((Tensor) output).shape().dim(0) != rows) {
          return Map.of();
        }
      }
      return outputs;
    }
  }

  private static boolean alike(Map<String, Value> alone, Map<String, Value> together, int row) {
    if (alone.isEmpty() || together.isEmpty()) {
      return false;
    }
    for (Map.Entry<String, Value> output : alone.entrySet()) {
      Tensor.Numbers one = (Tensor.Numbers) output.getValue();
      Value all = together.get(output.getKey());
      if (!(all instanceof Tensor.Numbers many) || !alike(one, row(many, row))) {
        return false;
      }
    }
    return true;
  }

  private static boolean alike(Tensor.Numbers one, Tensor.Numbers other) {
    int count = (int) one.shape().elements();
    double largest = 0;
    for (int i = 0; i < count; i++) {
      double value = Math.abs(number(one, i));
      largest = Double.isFinite(value) ? Math.max(largest, value) : largest;
    }
    for (int i = 0; i < count; i++) {
      double a = number(one, i);
      double b = number(other, i);
      boolean near =
          Double.compare(a, b) == 0
              || (isFloat(one.type())
                  && Math.abs(a - b) <= RELATIVE * Math.abs(a) + OF_LARGEST * largest);
      if (!near) {
        return false;
      }
    }
    return true;
  }

  private static boolean isFloat(ElementType type) {
    return type == ElementType.FLOAT || type == ElementType.DOUBLE;
  }

  // Of the other types only whether two are the same matters.
  private static double number(Tensor.Numbers tensor, int index) {
    ByteBuffer data = tensor.data();
    return switch (tensor.type()) {
      case FLOAT -> data.getFloat(index * 4);
      case DOUBLE -> data.getDouble(index * 8);
      case INT64, UINT64 -> data.getLong(index * 8);
      case INT32, UINT32 -> data.getInt(index * 4);
      case INT16, UINT16, FLOAT16, BFLOAT16 -> data.getShort(index * 2);
      case INT8, UINT8, BOOL, FLOAT8E4M3FN, FLOAT8E4M3FNUZ, FLOAT8E5M2, FLOAT8E5M2FNUZ ->
          data.get(index);
      case STRING -> throw new IllegalStateException("strings are no numbers");
    };
  }

  private static Map<String, Tensor> rows(Map<String, Tensor> all, int first, int count) {
    Map<String, Tensor> some = new LinkedHashMap<>();
    all.forEach((name, tensor) -> some.put(name, rows((Tensor.Numbers) tensor, first, count)));
    return some;
  }

  private static Tensor.Numbers rows(Tensor.Numbers whole, int first, int count) {
    int size = (int) (whole.data().capacity() / whole.shape().dim(0));
    ByteBuffer part = whole.data().slice(first * size, count * size);
    return new Tensor.Numbers(
        whole.type(), whole.shape().withDim(0, count), part.order(ByteOrder.nativeOrder()));
  }

  private static Tensor.Numbers row(Tensor.Numbers whole, int row) {
    return rows(whole, row, 1);
  }

  private static Map<String, Tensor> reversed(Map<String, Tensor> all) {
    Map<String, Tensor> reversed = new LinkedHashMap<>();
    all.forEach(
        (name, tensor) -> {
          Tensor.Numbers whole = (Tensor.Numbers) tensor;
          ByteBuffer data = ProbeInputs.memory(whole.data().capacity());
          for (int row = (int) whole.shape().dim(0) - 1; row >= 0; row--) {
            data.put(row(whole, row).data());
          }
          reversed.put(name, new Tensor.Numbers(whole.type(), whole.shape(), data.flip()));
        });
    return reversed;
  }
}
