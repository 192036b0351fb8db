package io.mlserve.protocol.tfs;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.model.ElementType;
import io.mlserve.model.Shape;
import io.mlserve.model.Tensor;
import io.mlserve.model.TensorSpec;
import io.mlserve.protocol.json.Nesting;
import io.mlserve.protocol.json.RequestJson;
import io.mlserve.serving.TensorMemory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Builds one input tensor out of nested JSON arrays. The nesting gives the shape: the first element
 * at each depth defines it, and whatever does not follow is refused. For one request, on one
 * thread.
 */
final class TensorBuilder {
  private final TensorSpec spec;
  private final ElementReader reader;
  private final TensorMemory.Slab numbers;
  private final List<String> strings = new ArrayList<>();
  private final Nesting nesting = new Nesting();
  private int rows;

  TensorBuilder(TensorSpec spec, TensorMemory memory) {
    this.spec = spec;
    this.numbers = memory.slab(spec.name());
    this.reader = ElementReader.of(spec, numbers, strings);
  }

  /** Rows that were added so far. */
  int rows() {
    return rows;
  }

  /** Reads the value at the parser as one row: the outermost dimension counts the calls. */
  void addRow(RequestJson request) throws IOException {
    rows++;
    readAt(request, 1);
  }

  /**
   * Reads the array at the parser as the whole tensor, row by row, if it holds plain numbers. If
   * this returns false, the rows have to be added one by one.
   */
  boolean readRows(RequestJson request) throws IOException {
    return request.readNumbers(spec.type(), numbers, nesting, 0, Long.MAX_VALUE);
  }

  /** Reads all of {@code request}, if it is plain numbers called {@code key} and nothing else. */
  boolean readOnly(RequestJson request, String key) {
    return request.readOnly(key, spec.type(), numbers, nesting);
  }

  /** Reads the value at the parser as the whole tensor. */
  void readWhole(RequestJson request) throws IOException {
    readAt(request, 0);
  }

  private void readAt(RequestJson request, int depth) throws IOException {
    if (!request.readNumbers(spec.type(), numbers, nesting, depth, Long.MAX_VALUE)) {
      read(request.parser(), depth);
    }
  }

  private void read(JsonParser json, int depth) throws IOException {
    if (json.currentToken() != JsonToken.START_ARRAY) {
      settleRank(depth);
      reader.read(json);
      return;
    }
    if (depth == Nesting.MOST_DIMENSIONS) {
      throw refused("nested deeper than " + Nesting.MOST_DIMENSIONS + " arrays");
    }
    long count = 0;
    while (json.nextToken() != JsonToken.END_ARRAY) {
      read(json, depth + 1);
      count++;
    }
    if (count == 0) {
      settleRank(depth + 1);
    }
    if (!nesting.close(depth, count)) {
      throw refused(
          "a list of "
              + count
              + " beside a list of "
              + nesting.length(depth)
              + " (expected: equal lengths)");
    }
  }

  private void settleRank(int depth) {
    if (!nesting.settleRank(depth)) {
      throw refused("a list beside a value (expected: equal nesting)");
    }
  }

  private MlserveException refused(String what) {
    return new MlserveException(ErrorCode.INVALID_ARGUMENT, "input '" + spec.name() + "': " + what);
  }

  /** The tensor of all rows. */
  Tensor rowsTensor() {
    nesting.set(0, rows);
    return tensor();
  }

  /** The tensor that was read. */
  Tensor tensor() {
    Shape shape = Shape.of(nesting.dims());
    if (!spec.shape().accepts(shape)) {
      throw refused("shape " + shape + " (expected: " + spec.shape() + ")");
    }
    if (spec.type() == ElementType.STRING) {
      return new Tensor.Strings(shape, strings.toArray(new String[0]));
    }
    return new Tensor.Numbers(spec.type(), shape, numbers.written());
  }
}
