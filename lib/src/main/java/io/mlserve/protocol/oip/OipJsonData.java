package io.mlserve.protocol.oip;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.model.ElementType;
import io.mlserve.model.Shape;
import io.mlserve.model.Tensor;
import io.mlserve.model.TensorSpec;
import io.mlserve.protocol.json.ElementReader;
import io.mlserve.protocol.json.Nesting;
import io.mlserve.protocol.json.RequestJson;
import io.mlserve.serving.TensorMemory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The {@code data} of one input, read straight into tensor memory: one list of all elements in
 * row-major order, or lists nested like the shape. How they nest is seen on the way and compared
 * with the shape in the end, which may come later in the request. For one request, on one thread.
 */
final class OipJsonData {
  private static final int MOST_SHOWN = 64;

  private final TensorSpec spec;
  private final ElementReader reader;
  private final TensorMemory.Slab numbers;
  private final List<String> strings = new ArrayList<>();
  private final Nesting nesting = new Nesting();
  private long count;

  OipJsonData(TensorSpec spec, TensorMemory memory) {
    this.spec = spec;
    this.numbers = memory.slab(spec.name());
    this.reader = ElementReader.of(spec, numbers, strings, this::wrongElement);
  }

  /** Reads the value at the parser, refusing more than {@code most} elements. */
  void read(RequestJson request, long most) throws IOException {
    if (request.readNumbers(spec.type(), numbers, nesting, 0, most)) {
      count = numbers.written().remaining() / spec.type().bytes();
    } else {
      read(request.parser(), 0, most);
    }
  }

  private void read(JsonParser json, int depth, long most) throws IOException {
    if (json.currentToken() != JsonToken.START_ARRAY) {
      settleRank(depth);
      if (count == most) {
        throw refused("more than the " + most + " elements of its shape");
      }
      reader.read(json);
      count++;
      return;
    }
    if (depth == Nesting.MOST_DIMENSIONS) {
      throw refused("nested deeper than " + Nesting.MOST_DIMENSIONS + " lists");
    }
    long length = 0;
    while (json.nextToken() != JsonToken.END_ARRAY) {
      read(json, depth + 1, most);
      length++;
    }
    if (length == 0) {
      settleRank(depth + 1);
    }
    if (!nesting.close(depth, length)) {
      throw refused("a list of " + length + " beside a list of " + nesting.length(depth));
    }
  }

  private void settleRank(int depth) {
    if (!nesting.settleRank(depth)) {
      throw refused("a list beside a value (expected: equal nesting)");
    }
  }

  /** What was read as a tensor of shape {@code shape}. */
  Tensor tensor(Shape shape, long elements) {
    if (count != elements) {
      throw refused(
          count + " elements (expected: " + elements + ", the product of shape " + shape + ")");
    }
    if (nesting.rank() != 1 && !nestsLike(shape)) {
      throw refused(
          "lists of "
              + Arrays.toString(nesting.dims())
              + " (expected: one list, or lists like shape "
              + shape
              + ")");
    }
    return spec.type() == ElementType.STRING
        ? new Tensor.Strings(shape, strings.toArray(new String[0]))
        : new Tensor.Numbers(spec.type(), shape, numbers.written());
  }

  // Below an empty list nothing can be seen.
  private boolean nestsLike(Shape shape) {
    long[] dims = nesting.dims();
    for (int axis = 0; axis < dims.length; axis++) {
      if (axis >= shape.rank() || dims[axis] != shape.dim(axis)) {
        return false;
      }
    }
    return dims.length == shape.rank() || (dims.length > 0 && dims[dims.length - 1] == 0);
  }

  private MlserveException wrongElement(JsonParser json) throws IOException {
    String text = String.valueOf(json.getText());
    String shown = text.length() <= MOST_SHOWN ? text : text.substring(0, MOST_SHOWN) + "...";
    return refused("data: " + shown + " (expected: " + expected() + ")");
  }

  private String expected() {
    return switch (spec.type()) {
      case BOOL -> "true or false";
      case STRING -> "a string of Unicode text";
      case FLOAT, DOUBLE, FLOAT16, BFLOAT16 -> "a number that " + datatype() + " can hold";
      case INT8, INT16, INT32, INT64, UINT8, UINT16, UINT32, UINT64 ->
          "a whole number that " + datatype() + " can hold";
      case FLOAT8E4M3FN, FLOAT8E4M3FNUZ, FLOAT8E5M2, FLOAT8E5M2FNUZ -> spec.type().name();
    };
  }

  private String datatype() {
    return OipTypes.datatype(spec.type()).orElse(spec.type().name());
  }

  private MlserveException refused(String what) {
    return new MlserveException(ErrorCode.INVALID_ARGUMENT, "input '" + spec.name() + "': " + what);
  }
}
