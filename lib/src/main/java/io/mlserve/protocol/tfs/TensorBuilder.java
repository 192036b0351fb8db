package io.mlserve.protocol.tfs;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.model.ElementType;
import io.mlserve.model.Shape;
import io.mlserve.model.Tensor;
import io.mlserve.model.TensorSpec;
import io.mlserve.serving.TensorMemory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Builds one input tensor out of nested JSON arrays. The nesting gives the shape: the first element
 * at each depth defines it, and whatever does not follow is refused. For one request, on one
 * thread.
 */
final class TensorBuilder {
  private static final int MOST_DIMENSIONS = 32;
  private static final long UNKNOWN = -1;

  private final TensorSpec spec;
  private final ElementReader reader;
  private final TensorMemory.Slab numbers;
  private final List<String> strings = new ArrayList<>();
  private final long[] dims = new long[MOST_DIMENSIONS];
  private int rank = -1; // unknown until a first element, or an empty array, is met
  private int rows;

  TensorBuilder(TensorSpec spec, TensorMemory memory) {
    this.spec = spec;
    this.numbers = memory.slab();
    this.reader = ElementReader.of(spec, numbers, strings);
    Arrays.fill(dims, UNKNOWN);
  }

  /** Rows that were added so far. */
  int rows() {
    return rows;
  }

  /** Reads the value at the parser as one row: the outermost dimension counts the calls. */
  void addRow(JsonParser json) throws IOException {
    rows++;
    read(json, 1);
  }

  /** Reads the value at the parser as the whole tensor. */
  void readWhole(JsonParser json) throws IOException {
    read(json, 0);
  }

  private void read(JsonParser json, int depth) throws IOException {
    if (json.currentToken() != JsonToken.START_ARRAY) {
      settleRank(depth);
      reader.read(json);
      return;
    }
    if (depth == MOST_DIMENSIONS) {
      throw refused("nested deeper than " + MOST_DIMENSIONS + " arrays");
    }
    long count = 0;
    while (json.nextToken() != JsonToken.END_ARRAY) {
      read(json, depth + 1);
      count++;
    }
    if (count == 0) {
      settleRank(depth + 1);
    }
    if (dims[depth] == UNKNOWN) {
      dims[depth] = count;
    } else if (dims[depth] != count) {
      throw refused(
          "a list of " + count + " beside a list of " + dims[depth] + " (expected: equal lengths)");
    }
  }

  private void settleRank(int depth) {
    if (rank < 0) {
      rank = depth;
    } else if (rank != depth) {
      throw refused("a list beside a value (expected: equal nesting)");
    }
  }

  private MlserveException refused(String what) {
    return new MlserveException(ErrorCode.INVALID_ARGUMENT, "input '" + spec.name() + "': " + what);
  }

  /** The tensor of all rows. */
  Tensor rowsTensor() {
    dims[0] = rows;
    return tensor();
  }

  /** The tensor that was read. */
  Tensor tensor() {
    Shape shape = Shape.of(Arrays.copyOf(dims, Math.max(rank, 0)));
    if (!spec.shape().accepts(shape)) {
      throw refused("shape " + shape + " (expected: " + spec.shape() + ")");
    }
    if (spec.type() == ElementType.STRING) {
      return new Tensor.Strings(shape, strings.toArray(new String[0]));
    }
    return new Tensor.Numbers(spec.type(), shape, numbers.written());
  }
}
