package io.mlserve.bench;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.mlserve.bench.JsonValue.Truth;
import io.mlserve.error.ErrorCode;
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
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** TensorFlow Serving's REST API. Requests are in columns: {@code {"inputs": {name: tensor}}}. */
final class TfsRestDialect implements Dialect {
  private static final JsonFactory JSON = new JsonFactory();
  private static final List<Header> HEADERS =
      List.of(
          new Header("Accept", "application/json"), new Header("Content-Type", "application/json"));

  private final String statusPath;

  TfsRestDialect(Target target) {
    String path = "/v1/models/" + encode(target.model());
    this.statusPath =
        target.version().isPresent() ? path + "/versions/" + target.version().getAsLong() : path;
  }

  /** A name as part of a path. */
  static String encode(String name) {
    return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
  }

  @Override
  public ServedModel describe(Questions server) {
    JsonValue status = server.json(statusPath);
    return new ServedModel(
        JsonPaths.items(JsonPaths.members(status).get("model_version_status")).stream()
            .filter(version -> JsonPaths.text(version, "state").equals("AVAILABLE"))
            .map(version -> JsonPaths.text(version, "version"))
            .findFirst());
  }

  @Override
  public Signature signature(Questions server) {
    JsonValue metadata = server.json(metadataPath());
    JsonValue signatures = inside(server, metadata, "metadata", "signature_def", "signature_def");
    JsonValue signature = inside(server, signatures, "serving_default");
    return new Signature(
        specs(server, inside(server, signature, "inputs")),
        List.copyOf(specs(server, inside(server, signature, "outputs"))));
  }

  @Override
  public Request request(Map<String, Tensor> inputs) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      TensorJson tensors = new TensorJson(json);
      json.writeStartObject();
      json.writeObjectFieldStart("inputs");
      for (Map.Entry<String, Tensor> input : inputs.entrySet()) {
        json.writeFieldName(input.getKey());
        tensors.nested(input.getKey(), input.getValue());
      }
      json.writeEndObject();
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("an array in memory refused bytes", e);
    }
    return predict(bytes.toByteArray());
  }

  // Everything but another API's form is sent as it is: it may be meant to be refused.
  @Override
  public Optional<Request> request(byte[] bytes, JsonValue document) {
    boolean foreign =
        JsonPaths.items(JsonPaths.members(document).get("inputs")).stream()
            .anyMatch(
                item ->
                    JsonPaths.members(item).containsKey("datatype")
                        && JsonPaths.members(item).containsKey("data"));
    return foreign ? Optional.empty() : Optional.of(predict(bytes));
  }

  @Override
  public AnswerFormat documents() {
    return AnswerFormat.JSON;
  }

  @Override
  public AnswerFormat tensors() {
    return new AnswerFormat() {
      @Override
      public RightAnswer read(ByteBuf body, int jsonLength) throws IOException {
        return outputs(AnswerFormat.document(body));
      }

      @Override
      public boolean looksRight(ByteBuf body) {
        return AnswerFormat.isObject(body);
      }
    };
  }

  private Request predict(byte[] body) {
    return new Request.Http("POST", statusPath + ":predict", HEADERS, body);
  }

  private String metadataPath() {
    return statusPath + "/metadata";
  }

  /** The tensors of an answer in rows or columns. */
  static RightAnswer outputs(JsonValue answer) throws IOException {
    JsonValue columns = JsonPaths.members(answer).get("outputs");
    JsonValue rows = JsonPaths.members(answer).get("predictions");
    Map<String, JsonValue> byName = new HashMap<>();
    if (columns instanceof JsonValue.Members named) {
      byName.putAll(named.members());
    } else if (columns != null) {
      byName.put("", columns);
    } else if (rows != null) {
      List<JsonValue> items = JsonPaths.items(rows);
      if (!items.isEmpty() && items.get(0) instanceof JsonValue.Members first) {
        for (String name : first.members().keySet()) {
          List<JsonValue> column = new ArrayList<>();
          items.forEach(
              item ->
                  column.add(JsonPaths.members(item).getOrDefault(name, new JsonValue.Nothing())));
          byName.put(name, new JsonValue.Listing(column));
        }
      } else {
        byName.put("", rows);
      }
    }
    Map<String, TensorValues> tensors = new HashMap<>();
    for (Map.Entry<String, JsonValue> output : byName.entrySet()) {
      tensors.put(
          output.getKey(),
          TensorValues.of(output.getValue())
              .orElseThrow(() -> new IOException("output '" + output.getKey() + "' is no tensor")));
    }
    return new RightAnswer.Tensors(tensors);
  }

  // sorted, so that the same seed gives the same bodies
  private List<TensorSpec> specs(Questions server, JsonValue named) {
    List<TensorSpec> specs = new ArrayList<>();
    new TreeMap<>(JsonPaths.members(named))
        .forEach((name, value) -> specs.add(spec(server, name, value)));
    return specs;
  }

  private TensorSpec spec(Questions server, String name, JsonValue value) {
    ElementType type = TfsTypes.type(name, JsonPaths.text(value, "dtype"));
    JsonValue shape = JsonPaths.members(value).get("tensor_shape");
    if (JsonPaths.members(shape).get("unknown_rank") instanceof Truth unknown && unknown.value()) {
      throw new MlserveException(
              ErrorCode.INVALID_ARGUMENT,
              "'" + name + "': the server does not say its shape (expected: a known shape)")
          .withHint("--input FILE gives the requests");
    }
    List<JsonValue> dims = JsonPaths.items(JsonPaths.members(shape).get("dim"));
    long[] sizes = new long[dims.size()];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = size(server, name, JsonPaths.text(dims.get(i), "size"));
    }
    return new TensorSpec(name, type, Shape.of(sizes));
  }

  private long size(Questions server, String name, String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw server.unexpected(
          "GET " + metadataPath(), "'" + name + "' has the size '" + text + "'");
    }
  }

  private JsonValue inside(Questions server, JsonValue value, String... path) {
    JsonValue inner = value;
    for (String name : path) {
      JsonValue next = JsonPaths.members(inner).get(name);
      if (next == null) {
        throw server.unexpected("GET " + metadataPath(), "it has no '" + name + "'");
      }
      inner = next;
    }
    return inner;
  }
}
