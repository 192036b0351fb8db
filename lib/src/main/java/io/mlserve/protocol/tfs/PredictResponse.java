package io.mlserve.protocol.tfs;

import com.fasterxml.jackson.core.JsonGenerator;
import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.model.HalfFloats;
import io.mlserve.model.Shape;
import io.mlserve.model.Tensor;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;

/** Writes the answer to a predict request as JSON. */
final class PredictResponse {
  private final JsonGenerator json;

  private PredictResponse(JsonGenerator json) {
    this.json = json;
  }

  /** {@code INVALID_ARGUMENT} if the outputs have no rows and rows were asked for. */
  static void write(JsonGenerator json, Map<String, Tensor> outputs, PredictRequest.Format format)
      throws IOException {
    PredictResponse response = new PredictResponse(json);
    json.writeStartObject();
    switch (format) {
      case ROW -> response.rows(outputs);
      case COLUMN -> response.columns(outputs);
    }
    json.writeEndObject();
  }

  private void columns(Map<String, Tensor> outputs) throws IOException {
    json.writeFieldName("outputs");
    if (outputs.size() == 1) {
      Map.Entry<String, Tensor> only = outputs.entrySet().iterator().next();
      whole(only.getKey(), only.getValue());
      return;
    }
    json.writeStartObject();
    for (Map.Entry<String, Tensor> output : outputs.entrySet()) {
      json.writeFieldName(output.getKey());
      whole(output.getKey(), output.getValue());
    }
    json.writeEndObject();
  }

  private void whole(String name, Tensor tensor) throws IOException {
    nested(ElementWriter.of(json, name, tensor), tensor.shape(), 0, 0);
  }

  private void rows(Map<String, Tensor> outputs) throws IOException {
    long rows = rowCount(outputs);
    boolean named = outputs.size() > 1;
    Map<String, ElementWriter> writers = new java.util.LinkedHashMap<>();
    outputs.forEach((name, tensor) -> writers.put(name, ElementWriter.of(json, name, tensor)));
    json.writeArrayFieldStart("predictions");
    for (long row = 0; row < rows; row++) {
      if (named) {
        json.writeStartObject();
      }
      for (Map.Entry<String, Tensor> output : outputs.entrySet()) {
        Shape shape = output.getValue().shape();
        if (named) {
          json.writeFieldName(output.getKey());
        }
        ElementWriter writer = writers.get(output.getKey());
        if (writer != null) {
          nested(writer, shape, 1, row * (shape.elements() / rows));
        }
      }
      if (named) {
        json.writeEndObject();
      }
    }
    json.writeEndArray();
  }

  private static long rowCount(Map<String, Tensor> outputs) {
    long rows = -1;
    for (Map.Entry<String, Tensor> output : outputs.entrySet()) {
      Shape shape = output.getValue().shape();
      if (shape.rank() == 0) {
        throw new MlserveException(
            ErrorCode.INVALID_ARGUMENT,
            "Tensor name: "
                + output.getKey()
                + " has no shape information, or is a scalar; ask with"
                + " 'inputs' instead of 'instances'");
      }
      if (rows >= 0 && rows != shape.dim(0)) {
        throw new MlserveException(
            ErrorCode.INVALID_ARGUMENT,
            "Tensor name: "
                + output.getKey()
                + " has inconsistent batch size: "
                + shape.dim(0)
                + " expecting: "
                + rows);
      }
      rows = shape.dim(0);
    }
    return rows;
  }

  /** Writes the block that starts at element {@code at}; returns where the next one starts. */
  private long nested(ElementWriter writer, Shape shape, int axis, long at) throws IOException {
    if (axis == shape.rank()) {
      writer.write((int) at);
      return at + 1;
    }
    json.writeStartArray();
    long next = at;
    for (long i = 0; i < shape.dim(axis); i++) {
      next = nested(writer, shape, axis + 1, next);
    }
    json.writeEndArray();
    return next;
  }

  /** Writes one element of a tensor. */
  @FunctionalInterface
  private interface ElementWriter {
    void write(int index) throws IOException;

    static ElementWriter of(JsonGenerator json, String name, Tensor tensor) {
      if (tensor instanceof Tensor.Strings strings) {
        return name.endsWith("_bytes")
            ? i -> base64(json, strings.values()[i])
            : i -> json.writeString(strings.values()[i]);
      }
      ByteBuffer data = ((Tensor.Numbers) tensor).data();
      return switch (tensor.type()) {
        case FLOAT -> i -> json.writeNumber(data.getFloat(i * 4));
        case DOUBLE -> i -> json.writeNumber(data.getDouble(i * 8));
        case FLOAT16 -> i -> json.writeNumber(HalfFloats.fromFloat16(data.getShort(i * 2)));
        case BFLOAT16 -> i -> json.writeNumber(HalfFloats.fromBfloat16(data.getShort(i * 2)));
        case INT8 -> i -> json.writeNumber((int) data.get(i));
        case UINT8 -> i -> json.writeNumber(data.get(i) & 0xff);
        case INT16 -> i -> json.writeNumber((int) data.getShort(i * 2));
        case UINT16 -> i -> json.writeNumber(data.getShort(i * 2) & 0xffff);
        case INT32 -> i -> json.writeNumber(data.getInt(i * 4));
        case UINT32 -> i -> json.writeNumber(data.getInt(i * 4) & 0xffff_ffffL);
        case INT64 -> i -> json.writeNumber(data.getLong(i * 8));
        case UINT64 -> i -> json.writeNumber(unsigned(data.getLong(i * 8)));
        case BOOL -> i -> json.writeBoolean(data.get(i) != 0);
        case STRING -> throw new IllegalStateException("strings are no numbers");
      };
    }

    private static BigInteger unsigned(long bits) {
      return new BigInteger(Long.toUnsignedString(bits));
    }

    private static void base64(JsonGenerator json, String value) throws IOException {
      json.writeStartObject();
      json.writeStringField(
          "b64", Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8)));
      json.writeEndObject();
    }
  }
}
