package io.mlserve.bench;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.mlserve.bench.JsonValue.Listing;
import io.mlserve.error.MlserveException;
import io.mlserve.model.ElementType;
import io.mlserve.model.Shape;
import io.mlserve.model.Signature;
import io.mlserve.model.Tensor;
import io.mlserve.model.TensorSpec;
import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The Open Inference Protocol's REST API; with {@code binary} the elements of tensors are bytes
 * after the JSON, in requests and answers.
 */
final class OipRestDialect implements Dialect {
  private static final JsonFactory JSON = new JsonFactory();
  private static final String JSON_LENGTH = "Inference-Header-Content-Length";

  private final String path;
  private final boolean binary;

  OipRestDialect(Target target, boolean binary) {
    String model = "/v2/models/" + TfsRestDialect.encode(target.model());
    this.path =
        target.version().isPresent() ? model + "/versions/" + target.version().getAsLong() : model;
    this.binary = binary;
  }

  @Override
  public ServedModel describe(Questions server) {
    JsonValue metadata = server.json(path);
    return new ServedModel(
        JsonPaths.items(JsonPaths.members(metadata).get("versions")).stream()
            .filter(JsonValue.Text.class::isInstance)
            .map(version -> ((JsonValue.Text) version).value())
            .max(OipRestDialect::compareVersions));
  }

  /** By number where both are numbers. */
  static int compareVersions(String a, String b) {
    boolean numbers = a.matches("[0-9]{1,18}") && b.matches("[0-9]{1,18}");
    return numbers ? Long.compare(Long.parseLong(a), Long.parseLong(b)) : a.compareTo(b);
  }

  @Override
  public Signature signature(Questions server) {
    JsonValue metadata = server.json(path);
    return new Signature(
        specs(server, metadata, "inputs"), List.copyOf(specs(server, metadata, "outputs")));
  }

  @Override
  public Request request(Map<String, Tensor> inputs) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    List<byte[]> raw = new ArrayList<>();
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      json.writeStartObject();
      if (binary) {
        json.writeObjectFieldStart("parameters");
        json.writeBooleanField("binary_data_output", true);
        json.writeEndObject();
      }
      json.writeArrayFieldStart("inputs");
      for (Map.Entry<String, Tensor> input : inputs.entrySet()) {
        write(json, input.getKey(), input.getValue(), raw);
      }
      json.writeEndArray();
      json.writeEndObject();
      json.flush();
      int jsonLength = bytes.size();
      for (byte[] data : raw) {
        bytes.write(data);
      }
      return binary ? binary(bytes.toByteArray(), jsonLength) : json(bytes.toByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException("an array in memory refused bytes", e);
    }
  }

  @Override
  public Optional<Request> request(byte[] bytes, JsonValue document) {
    JsonValue inputs = JsonPaths.members(document).get("inputs");
    boolean ours =
        inputs instanceof Listing list
            && list.items().stream()
                .allMatch(item -> JsonPaths.members(item).containsKey("datatype"));
    return ours && !binary ? Optional.of(json(bytes)) : Optional.empty();
  }

  // a version in the document would tell one answer from another where the tensors do not
  @Override
  public AnswerFormat documents() {
    return tensors();
  }

  @Override
  public AnswerFormat tensors() {
    return new AnswerFormat() {
      @Override
      public RightAnswer read(ByteBuf body, int jsonLength) throws IOException {
        return answer(body, jsonLength);
      }

      @Override
      public boolean looksRight(ByteBuf body) {
        return body.isReadable() && body.getByte(body.readerIndex()) == '{';
      }
    };
  }

  /** The tensors of an answer. */
  static RightAnswer.Tensors answer(ByteBuf body, int jsonLength) throws IOException {
    int length = jsonLength < 0 ? body.readableBytes() : jsonLength;
    if (length > body.readableBytes()) {
      throw new IOException("JSON of " + length + " bytes in " + body.readableBytes());
    }
    JsonValue document = AnswerFormat.document(body.slice(body.readerIndex(), length));
    return answer(document, body.slice(body.readerIndex() + length, body.readableBytes() - length));
  }

  /** The tensors of an answer, given its JSON and the bytes after it. */
  static RightAnswer.Tensors answer(JsonValue document, ByteBuf raw) throws IOException {
    Map<String, TensorValues> tensors = new HashMap<>();
    ByteBuf rest = raw.duplicate();
    try {
      for (JsonValue output : JsonPaths.items(JsonPaths.members(document).get("outputs"))) {
        tensors.put(JsonPaths.text(output, "name"), values(output, rest));
      }
    } catch (MlserveException | IndexOutOfBoundsException e) {
      throw new IOException("an output that is no tensor: " + e.getMessage(), e);
    }
    if (tensors.isEmpty()) {
      throw new IOException("no outputs");
    }
    return new RightAnswer.Tensors(tensors);
  }

  private static TensorValues values(JsonValue output, ByteBuf rest) throws IOException {
    Map<String, JsonValue> members = JsonPaths.members(output);
    String name = JsonPaths.text(output, "name");
    ElementType type = OipTypes.type(name, JsonPaths.text(output, "datatype"));
    Signature none = new Signature(List.of(), List.of());
    JsonTensors tensors = new JsonTensors("answer", none);
    Shape shape =
        members.get("shape") instanceof Listing dims ? tensors.shape(name, dims) : Shape.SCALAR;
    String size = JsonPaths.text(members.get("parameters"), "binary_data_size");
    if (!size.isEmpty()) {
      byte[] bytes = new byte[Integer.parseInt(size)];
      rest.readBytes(bytes);
      return TensorValues.of(TensorBytes.decode(name, type, shape, ByteBuffer.wrap(bytes)));
    }
    JsonValue data = members.get("data");
    if (data == null) {
      throw new IOException("output '" + name + "' has no data");
    }
    return TensorValues.of(tensors.tensor(name, type, shape, data));
  }

  private void write(JsonGenerator json, String name, Tensor tensor, List<byte[]> raw)
      throws IOException {
    json.writeStartObject();
    json.writeStringField("name", name);
    json.writeStringField("datatype", OipTypes.datatype(name, tensor.type()));
    json.writeArrayFieldStart("shape");
    for (long size : tensor.shape().toArray()) {
      json.writeNumber(size);
    }
    json.writeEndArray();
    if (binary) {
      byte[] data = TensorBytes.encode(tensor);
      raw.add(data);
      json.writeObjectFieldStart("parameters");
      json.writeNumberField("binary_data_size", data.length);
      json.writeEndObject();
    } else {
      json.writeFieldName("data");
      new TensorJson(json).flat(name, tensor);
    }
    json.writeEndObject();
  }

  private Request json(byte[] body) {
    return new Request.Http(
        "POST",
        path + "/infer",
        List.of(
            new Header("Accept", "application/json"),
            new Header("Content-Type", "application/json")),
        body);
  }

  private Request binary(byte[] body, int jsonLength) {
    return new Request.Http(
        "POST",
        path + "/infer",
        List.of(
            new Header("Content-Type", "application/octet-stream"),
            new Header(JSON_LENGTH, String.valueOf(jsonLength))),
        body);
  }

  private List<TensorSpec> specs(Questions server, JsonValue metadata, String which) {
    List<TensorSpec> specs = new ArrayList<>();
    for (JsonValue tensor : JsonPaths.items(JsonPaths.members(metadata).get(which))) {
      String name = JsonPaths.text(tensor, "name");
      ElementType type = OipTypes.type(name, JsonPaths.text(tensor, "datatype"));
      specs.add(new TensorSpec(name, type, shape(server, name, tensor)));
    }
    return specs;
  }

  private Shape shape(Questions server, String name, JsonValue tensor) {
    List<JsonValue> dims = JsonPaths.items(JsonPaths.members(tensor).get("shape"));
    long[] sizes = new long[dims.size()];
    for (int i = 0; i < sizes.length; i++) {
      if (dims.get(i) instanceof JsonValue.Whole size) {
        sizes[i] = size.value().longValue();
      } else {
        throw server.unexpected("GET " + path, "'" + name + "' has a shape of no numbers");
      }
    }
    return Shape.of(sizes);
  }
}
