package io.mlserve.protocol.tfs;

import com.fasterxml.jackson.core.JsonGenerator;
import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.model.Tensor;
import io.mlserve.model.Value;
import io.mlserve.protocol.json.TensorWriter;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Writes the answer to a predict request as JSON. */
final class PredictResponse {
  private static final String PREDICTIONS = "predictions";
  private static final String OUTPUTS = "outputs";

  private final JsonGenerator json;

  private PredictResponse(JsonGenerator json) {
    this.json = json;
  }

  /**
   * The answer, in a buffer that the caller releases or gives away. {@code INVALID_ARGUMENT} if the
   * outputs have no rows and rows were asked for.
   */
  static ByteBuf of(Map<String, Value> outputs, PredictRequest.Format format) {
    if (outputs.size() == 1
        && outputs.values().iterator().next() instanceof Tensor.Numbers only
        && TensorWriter.isOffered(only)
        && (format == PredictRequest.Format.COLUMN || only.shape().rank() > 0)) {
      return TfsJson.numbers(format == PredictRequest.Format.ROW ? PREDICTIONS : OUTPUTS, only);
    }
    return TfsJson.write(json -> write(json, outputs, format));
  }

  private static void write(
      JsonGenerator json, Map<String, Value> outputs, PredictRequest.Format format)
      throws IOException {
    PredictResponse response = new PredictResponse(json);
    json.writeStartObject();
    switch (format) {
      case ROW -> response.rows(outputs);
      case COLUMN -> response.columns(outputs);
    }
    json.writeEndObject();
  }

  private void columns(Map<String, Value> outputs) throws IOException {
    json.writeFieldName(OUTPUTS);
    if (outputs.size() == 1) {
      Map.Entry<String, Value> only = outputs.entrySet().iterator().next();
      ValueWriter.of(json, only.getKey(), only.getValue()).whole();
      return;
    }
    json.writeStartObject();
    for (Map.Entry<String, Value> output : outputs.entrySet()) {
      json.writeFieldName(output.getKey());
      ValueWriter.of(json, output.getKey(), output.getValue()).whole();
    }
    json.writeEndObject();
  }

  private void rows(Map<String, Value> outputs) throws IOException {
    long rows = rowCount(outputs);
    boolean named = outputs.size() > 1;
    List<Map.Entry<String, ValueWriter>> writers = new ArrayList<>();
    outputs.forEach(
        (name, value) -> writers.add(Map.entry(name, ValueWriter.of(json, name, value))));
    json.writeArrayFieldStart(PREDICTIONS);
    for (long row = 0; row < rows; row++) {
      if (named) {
        json.writeStartObject();
      }
      for (Map.Entry<String, ValueWriter> output : writers) {
        if (named) {
          json.writeFieldName(output.getKey());
        }
        output.getValue().row((int) row);
      }
      if (named) {
        json.writeEndObject();
      }
    }
    json.writeEndArray();
  }

  private static long rowCount(Map<String, Value> outputs) {
    long rows = -1;
    for (Map.Entry<String, Value> output : outputs.entrySet()) {
      long size = rows(output.getKey(), output.getValue());
      if (rows >= 0 && rows != size) {
        throw new MlserveException(
            ErrorCode.INVALID_ARGUMENT,
            "Tensor name: "
                + output.getKey()
                + " has inconsistent batch size: "
                + size
                + " expecting: "
                + rows);
      }
      rows = size;
    }
    return rows;
  }

  private static long rows(String name, Value value) {
    if (value instanceof Value.Sequence sequence) {
      return sequence.elements().size();
    }
    if (value instanceof Tensor tensor && tensor.shape().rank() > 0) {
      return tensor.shape().dim(0);
    }
    throw new MlserveException(
        ErrorCode.INVALID_ARGUMENT,
        "Tensor name: "
            + name
            + " has no shape information, or is a scalar; ask with 'inputs' instead of"
            + " 'instances'");
  }
}
