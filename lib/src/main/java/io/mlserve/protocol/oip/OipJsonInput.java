package io.mlserve.protocol.oip;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.model.Shape;
import io.mlserve.model.Signature;
import io.mlserve.model.Tensor;
import io.mlserve.model.TensorSpec;
import io.mlserve.protocol.json.RequestJson;
import io.mlserve.serving.TensorMemory;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * One input of a request, its keys in any order. The name alone is needed to read the data, for the
 * model says what its elements are; shape and datatype are compared in the end. Where the data come
 * before the name they are skipped, and read from the body again when the name is known: no byte is
 * looked at more than twice, and nothing is kept but where they are. For one request, on one
 * thread.
 */
final class OipJsonInput {
  private static final int MOST_DIMENSIONS = 32;

  private final Signature signature;
  private final OipRestBody body;
  private final TensorMemory memory;

  private @Nullable TensorSpec spec;
  private @Nullable String datatype;
  private @Nullable Shape shape;
  private OipJsonParameters parameters = OipJsonParameters.NONE;
  private @Nullable OipJsonData data;
  private @Nullable ByteBuf skipped; // the data, while the name is not known

  OipJsonInput(Signature signature, OipRestBody body, TensorMemory memory) {
    this.signature = signature;
    this.body = body;
    this.memory = memory;
  }

  /** Reads the object at the parser of {@code request}. */
  void read(RequestJson request) throws IOException {
    JsonParser json = request.parser();
    if (json.currentToken() != JsonToken.START_OBJECT) {
      throw invalid("an input is no object");
    }
    while (json.nextToken() != JsonToken.END_OBJECT) {
      String key = json.currentName();
      JsonToken value = json.nextToken();
      switch (key) {
        case "name" -> spec = known(text(json, "an input's name"));
        case "datatype" -> datatype = text(json, "an input's datatype");
        case "shape" -> shape = dims(json);
        case "parameters" -> parameters = OipJsonParameters.read(json);
        case "data" -> {
          if (value != JsonToken.VALUE_NULL) {
            data(request);
          }
        }
        default -> json.skipChildren();
      }
    }
  }

  private static String text(JsonParser json, String what) throws IOException {
    if (json.currentToken() != JsonToken.VALUE_STRING) {
      throw invalid(what + " (expected: a string)");
    }
    return json.getText();
  }

  private TensorSpec known(String name) {
    TensorSpec known =
        signature
            .input(name)
            .orElseThrow(
                () ->
                    invalid(
                        "unexpected inference input '"
                            + name
                            + "' (expected: "
                            + String.join(", ", OipJsonRequest.names(signature.inputs()))
                            + ")"));
    if (OipTypes.datatype(known.type()).isEmpty()) {
      throw new MlserveException(
          ErrorCode.UNIMPLEMENTED,
          "input '"
              + name
              + "' has elements of type "
              + known.type()
              + ", which this protocol cannot carry");
    }
    return known;
  }

  private static Shape dims(JsonParser json) throws IOException {
    if (json.currentToken() != JsonToken.START_ARRAY) {
      throw invalid("an input's shape (expected: a list)");
    }
    List<Long> dims = new ArrayList<>();
    while (json.nextToken() != JsonToken.END_ARRAY) {
      if (json.currentToken() != JsonToken.VALUE_NUMBER_INT
          || json.getNumberType() == JsonParser.NumberType.BIG_INTEGER
          || json.getLongValue() < 0) {
        throw invalid("an input's shape (expected: whole numbers, none below 0)");
      }
      if (dims.size() == MOST_DIMENSIONS) {
        throw invalid("an input's shape (expected: at most " + MOST_DIMENSIONS + " dimensions)");
      }
      dims.add(json.getLongValue());
    }
    return Shape.of(dims.stream().mapToLong(Long::longValue).toArray());
  }

  private void data(RequestJson request) throws IOException {
    if (spec != null) {
      data = data(request, spec);
      return;
    }
    JsonParser json = request.parser();
    long start = request.offset(json.currentTokenLocation());
    json.skipChildren();
    if (json.currentToken().isScalarValue()) {
      json.finishToken();
    }
    long end = request.offset(json.currentLocation());
    skipped = body.json().slice((int) start, (int) (end - start));
  }

  private OipJsonData data(RequestJson request, TensorSpec known) throws IOException {
    OipJsonData read = new OipJsonData(known, memory);
    read.read(request, shape == null ? Long.MAX_VALUE : OipShapes.elements(known.name(), shape));
    return read;
  }

  /** The name of what was read. */
  String name() {
    return spec().name();
  }

  private TensorSpec spec() {
    if (spec == null) {
      throw invalid("an input has no name");
    }
    return spec;
  }

  /** What was read as a tensor that fits the model. Takes its bytes from the body if it has any. */
  Tensor tensor() throws IOException {
    TensorSpec known = spec();
    Shape given = checkedShape(known);
    OptionalLong size = parameters.count("binary_data_size");
    if (parameters.says("shared_memory_region")) {
      throw new MlserveException(
          ErrorCode.UNIMPLEMENTED,
          "input '" + known.name() + "' is in shared memory, which is not offered");
    }
    if (size.isPresent()) {
      return blob(known, given, size.getAsLong());
    }
    if (skipped != null) {
      try (RequestJson again = OipJson.request(skipped)) {
        again.parser().nextToken();
        data = data(again, known);
      }
    }
    if (data == null) {
      throw invalid(known, "has neither data nor a binary_data_size");
    }
    return data.tensor(given, OipShapes.elements(known.name(), given));
  }

  private Shape checkedShape(TensorSpec known) {
    String expected = OipTypes.datatype(known.type()).orElse("");
    if (datatype == null || !datatype.equals(expected)) {
      throw invalid(known, "has datatype " + datatype + " (expected: " + expected + ")");
    }
    if (shape == null) {
      throw invalid(known, "has no shape");
    }
    OipShapes.requireAccepted(known, shape);
    return shape;
  }

  private Tensor blob(TensorSpec known, Shape given, long size) {
    if (data != null || skipped != null) {
      throw invalid(known, "has both data and a binary_data_size");
    }
    if (size > body.left()) {
      throw invalid(
          known, "has a binary_data_size of " + size + ", but " + body.left() + " bytes are left");
    }
    return OipBinaryTensors.read(body.take((int) size), known, given, memory);
  }

  private static MlserveException invalid(TensorSpec known, String what) {
    return invalid("input '" + known.name() + "' " + what);
  }

  private static MlserveException invalid(String what) {
    return new MlserveException(ErrorCode.INVALID_ARGUMENT, what);
  }
}
