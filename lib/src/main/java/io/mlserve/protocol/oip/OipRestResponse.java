package io.mlserve.protocol.oip;

import com.fasterxml.jackson.core.JsonGenerator;
import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.http.HttpReply;
import io.mlserve.model.Tensor;
import io.mlserve.model.Value;
import io.mlserve.protocol.json.ElementWriter;
import io.mlserve.protocol.json.TensorWriter;
import io.mlserve.protocol.json.UnicodeText;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Writes the answer to an inference request: JSON, then the outputs that come as bytes. */
final class OipRestResponse {
  private static final int JSON_ROOM = 1024; // for what is not tensors, as a rule
  private static final String BYTES = "application/octet-stream";

  private final String model;
  private final long version;
  private final Optional<String> id;
  private final List<Part> parts = new ArrayList<>();

  /**
   * One output.
   *
   * @param binarySize as bytes; -1 if it comes as JSON
   */
  private record Part(String name, Tensor tensor, long binarySize) {
    boolean isBinary() {
      return binarySize >= 0;
    }
  }

  private OipRestResponse(String model, long version, OipRestRequest request) {
    this.model = model;
    this.version = version;
    this.id = request.id();
  }

  /** {@code UNIMPLEMENTED} names an output that cannot be carried. */
  static HttpReply of(
      String model, long version, OipRestRequest request, Map<String, Value> outputs) {
    OipRestResponse response = new OipRestResponse(model, version, request);
    for (OipRestRequest.Wanted wanted : request.outputs()) {
      Tensor tensor = tensor(wanted, outputs.get(wanted.name()));
      response.parts.add(
          new Part(wanted.name(), tensor, wanted.binary() ? OipBinaryTensors.size(tensor) : -1));
    }
    return response.reply();
  }

  private static Tensor tensor(
      OipRestRequest.Wanted wanted, @org.jspecify.annotations.Nullable Value value) {
    if (!(value instanceof Tensor tensor) || OipTypes.datatype(tensor.type()).isEmpty()) {
      throw new MlserveException(
          ErrorCode.UNIMPLEMENTED,
          "output '" + wanted.name() + "' holds what this protocol cannot carry");
    }
    return wanted.classes() > 0 && tensor instanceof Tensor.Numbers numbers
        ? OipRestClasses.largest(numbers, wanted.classes())
        : tensor;
  }

  private HttpReply reply() {
    long binary = parts.stream().filter(Part::isBinary).mapToLong(Part::binarySize).sum();
    if (binary > Integer.MAX_VALUE - JSON_ROOM) {
      throw new MlserveException(
          ErrorCode.RESOURCE_EXHAUSTED,
          "an answer of " + binary + " bytes (expected: less than 2 GiB)");
    }
    ByteBuf body = ByteBufAllocator.DEFAULT.ioBuffer(JSON_ROOM + (int) binary);
    boolean whole = false;
    try {
      OipJson.append(body, this::write);
      int jsonLength = body.readableBytes();
      List<Part> blobs = parts.stream().filter(Part::isBinary).toList();
      blobs.forEach(part -> OipBinaryTensors.write(part.tensor(), body));
      whole = true;
      return blobs.isEmpty()
          ? new HttpReply(200, HttpReply.JSON, body)
          : new HttpReply(200, BYTES, body)
              .with(OipRestBody.JSON_LENGTH, Integer.toString(jsonLength));
    } finally {
      if (!whole) {
        body.release();
      }
    }
  }

  private void write(JsonGenerator json) throws IOException {
    json.writeStartObject();
    if (id.isPresent()) {
      json.writeStringField("id", id.get());
    }
    json.writeStringField("model_name", model);
    json.writeStringField("model_version", Long.toString(version));
    json.writeArrayFieldStart("outputs");
    for (Part part : parts) {
      write(json, part);
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void write(JsonGenerator json, Part part) throws IOException {
    Tensor tensor = part.tensor();
    long[] dims = tensor.shape().toArray();
    json.writeStartObject();
    json.writeStringField("name", part.name());
    json.writeStringField("datatype", OipTypes.datatype(tensor.type()).orElse(""));
    json.writeFieldName("shape");
    json.writeArray(dims, 0, dims.length);
    if (part.isBinary()) {
      json.writeObjectFieldStart("parameters");
      json.writeNumberField("binary_data_size", part.binarySize());
      json.writeEndObject();
    } else {
      json.writeFieldName("data");
      elements(json, part.name(), tensor);
    }
    json.writeEndObject();
  }

  private static void elements(JsonGenerator json, String name, Tensor tensor) throws IOException {
    if (tensor instanceof Tensor.Numbers numbers && TensorWriter.isOffered(numbers)) {
      TensorWriter.flat(json, numbers);
      return;
    }
    json.writeStartArray();
    ElementWriter writer = ElementWriter.of(json, name, writable(tensor));
    int elements = (int) tensor.shape().elements();
    for (int i = 0; i < elements; i++) {
      writer.write(i);
    }
    json.writeEndArray();
  }

  // A model may make strings that are no Unicode text; the answer must be.
  private static Tensor writable(Tensor tensor) {
    return tensor instanceof Tensor.Strings strings
        ? new Tensor.Strings(
            strings.shape(),
            Stream.of(strings.values()).map(UnicodeText::repaired).toArray(String[]::new))
        : tensor;
  }
}
