package io.mlserve.protocol.tfs;

import com.fasterxml.jackson.core.JsonGenerator;
import io.mlserve.model.Shape;
import io.mlserve.model.Tensor;
import io.mlserve.model.Value;
import io.mlserve.protocol.json.ElementWriter;
import io.mlserve.protocol.json.TensorWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * Writes one output as JSON: a tensor as arrays nested like its shape, a sequence as an array, a
 * map as an object. Strings of an output called {@code ..._bytes} are base64, as TensorFlow Serving
 * has it.
 */
sealed interface ValueWriter {
  /** Writes all of it. */
  void whole() throws IOException;

  /** Writes row {@code row}: what lies at that index of the outermost dimension. */
  void row(int row) throws IOException;

  static ValueWriter of(JsonGenerator json, String name, Value value) {
    if (value instanceof Tensor.Numbers numbers && TensorWriter.isOffered(numbers)) {
      return new OfNumbers(json, numbers);
    }
    if (value instanceof Tensor tensor) {
      return new OfTensor(json, tensor.shape(), elements(json, name, tensor));
    }
    if (value instanceof Value.Sequence sequence) {
      return new OfSequence(json, name, sequence);
    }
    return new OfDictionary(json, name, (Value.Dictionary) value);
  }

  private static ElementWriter elements(JsonGenerator json, String name, Tensor tensor) {
    return tensor instanceof Tensor.Strings strings && name.endsWith("_bytes")
        ? i -> base64(json, strings.values()[i])
        : ElementWriter.of(json, name, tensor);
  }

  private static void base64(JsonGenerator json, String value) throws IOException {
    json.writeStartObject();
    json.writeStringField(
        "b64", Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8)));
    json.writeEndObject();
  }

  /** Nested arrays of numbers. */
  record OfNumbers(JsonGenerator json, Tensor.Numbers numbers) implements ValueWriter {
    @Override
    public void whole() throws IOException {
      TensorWriter.nested(json, numbers);
    }

    @Override
    public void row(int row) throws IOException {
      TensorWriter.row(json, numbers, row);
    }
  }

  /** Nested arrays. */
  record OfTensor(JsonGenerator json, Shape shape, ElementWriter elements) implements ValueWriter {
    @Override
    public void whole() throws IOException {
      nested(0, 0);
    }

    @Override
    public void row(int row) throws IOException {
      nested(1, (int) (row * (shape.elements() / shape.dim(0))));
    }

    /** Writes the block that starts at element {@code at}; returns where the next one starts. */
    private int nested(int axis, int at) throws IOException {
      if (axis == shape.rank()) {
        elements.write(at);
        return at + 1;
      }
      json.writeStartArray();
      int next = at;
      for (long i = 0; i < shape.dim(axis); i++) {
        next = nested(axis + 1, next);
      }
      json.writeEndArray();
      return next;
    }
  }

  /** An array. */
  record OfSequence(JsonGenerator json, String name, Value.Sequence sequence)
      implements ValueWriter {
    @Override
    public void whole() throws IOException {
      json.writeStartArray();
      for (int i = 0; i < sequence.elements().size(); i++) {
        row(i);
      }
      json.writeEndArray();
    }

    @Override
    public void row(int row) throws IOException {
      of(json, name, sequence.elements().get(row)).whole();
    }
  }

  /** An object. Its keys are strings, whatever they are in the model: JSON has no others. */
  record OfDictionary(JsonGenerator json, String name, Value.Dictionary dictionary)
      implements ValueWriter {
    @Override
    public void whole() throws IOException {
      Tensor keys = dictionary.keys();
      ElementWriter values = ElementWriter.of(json, name, dictionary.values());
      json.writeStartObject();
      for (int i = 0; i < keys.shape().dim(0); i++) {
        json.writeFieldName(key(keys, i));
        values.write(i);
      }
      json.writeEndObject();
    }

    @Override
    public void row(int row) {
      throw new IllegalStateException("a map has no rows");
    }

    private static String key(Tensor keys, int index) {
      return keys instanceof Tensor.Strings strings
          ? strings.values()[index]
          : Long.toString(((Tensor.Numbers) keys).data().getLong(8 * index));
    }
  }
}
