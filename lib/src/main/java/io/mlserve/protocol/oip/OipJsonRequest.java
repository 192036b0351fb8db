package io.mlserve.protocol.oip;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.model.ElementType;
import io.mlserve.model.Shape;
import io.mlserve.model.Signature;
import io.mlserve.model.Tensor;
import io.mlserve.model.TensorSpec;
import io.mlserve.model.ValueSpec;
import io.mlserve.protocol.json.RequestJson;
import io.mlserve.protocol.json.UnicodeText;
import io.mlserve.serving.TensorMemory;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Reads an inference request, its tensors straight into tensor memory. Keys come in any order;
 * those that mean nothing here are skipped; null is as good as not there. For one request, on one
 * thread.
 */
final class OipJsonRequest {
  private static final List<String> SEQUENCES =
      List.of("sequence_id", "sequence_start", "sequence_end");

  private final OipRestBody body;
  private final Signature signature;
  private final TensorMemory memory;

  private final Map<String, Tensor> inputs = new HashMap<>();
  private final Map<String, OipJsonParameters> outputs = new LinkedHashMap<>();
  private OipJsonParameters parameters = OipJsonParameters.NONE;
  private Optional<String> id = Optional.empty();

  private OipJsonRequest(OipRestBody body, Signature signature, TensorMemory memory) {
    this.body = body;
    this.signature = signature;
    this.memory = memory;
  }

  /** {@code INVALID_ARGUMENT} if it is none that the model can answer. */
  static OipRestRequest read(OipRestBody body, Signature signature, TensorMemory memory)
      throws IOException {
    OipJsonRequest request = new OipJsonRequest(body, signature, memory);
    try (RequestJson json = OipJson.request(body.json())) {
      request.read(json);
    }
    return request.whole();
  }

  /** All of {@code body} as the only input of the model; every output comes as bytes. */
  static OipRestRequest raw(OipRestBody body, Signature signature, TensorMemory memory) {
    if (signature.inputs().size() != 1) {
      throw invalid(
          "a raw request for a model with inputs "
              + String.join(", ", names(signature.inputs()))
              + " (expected: a model with one)");
    }
    TensorSpec spec = signature.inputs().get(0);
    ByteBuf bytes = body.take(body.left());
    OipJsonRequest request = new OipJsonRequest(body, signature, memory);
    request.inputs.put(spec.name(), raw(bytes, spec, memory));
    return new OipRestRequest(
        Optional.empty(),
        request.inputs,
        OipRestOutputs.wanted(signature, Map.of(), true),
        Optional.empty());
  }

  private static Tensor raw(ByteBuf bytes, TensorSpec spec, TensorMemory memory) {
    boolean text = spec.type() == ElementType.STRING;
    long elements = text ? 1 : bytes.readableBytes() / Math.max(1, spec.type().bytes());
    Shape shape = OipShapes.filled(spec, elements);
    if (!text) {
      return OipBinaryTensors.read(bytes, spec, shape, memory);
    }
    if (OipShapes.elements(spec.name(), shape) != 1) {
      throw invalid("input '" + spec.name() + "' holds more than the one string of a raw request");
    }
    return OipBinaryTensors.single(bytes, spec, shape);
  }

  private static MlserveException invalid(String what) {
    return new MlserveException(ErrorCode.INVALID_ARGUMENT, what);
  }

  static List<String> names(List<? extends ValueSpec> specs) {
    return specs.stream().map(ValueSpec::name).toList();
  }

  private void read(RequestJson whole) throws IOException {
    try {
      read(whole, whole.parser());
    } catch (JsonProcessingException e) {
      throw OipJson.malformed(whole, e);
    }
  }

  private void read(RequestJson whole, JsonParser json) throws IOException {
    if (json.nextToken() != JsonToken.START_OBJECT) {
      throw invalid("the request is no JSON object");
    }
    while (json.nextToken() != JsonToken.END_OBJECT) {
      String key = json.currentName();
      boolean absent = json.nextToken() == JsonToken.VALUE_NULL;
      switch (key) {
        case "id" -> id = absent ? Optional.empty() : Optional.of(id(json));
        case "parameters" -> parameters = OipJsonParameters.read(json);
        case "inputs" -> inputs(whole, json);
        case "outputs" -> {
          if (!absent) {
            outputs(json);
          }
        }
        default -> json.skipChildren();
      }
    }
    if (json.nextToken() != null) {
      throw invalid("more behind the JSON object of the request");
    }
    if (body.left() > 0) {
      throw invalid("unexpected additional input data: " + body.left() + " bytes");
    }
  }

  private static String id(JsonParser json) throws IOException {
    if (json.currentToken() != JsonToken.VALUE_STRING) {
      throw invalid("the request's id (expected: a string)");
    }
    return UnicodeText.repaired(json.getText());
  }

  private void inputs(RequestJson whole, JsonParser json) throws IOException {
    if (json.currentToken() != JsonToken.START_ARRAY) {
      throw invalid("'inputs' (expected: a list)");
    }
    while (json.nextToken() != JsonToken.END_ARRAY) {
      OipJsonInput input = new OipJsonInput(signature, body, memory);
      input.read(whole);
      if (inputs.putIfAbsent(input.name(), input.tensor()) != null) {
        throw invalid("input '" + input.name() + "' is given twice");
      }
    }
  }

  private void outputs(JsonParser json) throws IOException {
    if (json.currentToken() != JsonToken.START_ARRAY) {
      throw invalid("'outputs' (expected: a list)");
    }
    while (json.nextToken() != JsonToken.END_ARRAY) {
      output(json);
    }
  }

  private void output(JsonParser json) throws IOException {
    if (json.currentToken() != JsonToken.START_OBJECT) {
      throw invalid("an output is no object");
    }
    Optional<String> name = Optional.empty();
    OipJsonParameters wishes = OipJsonParameters.NONE;
    while (json.nextToken() != JsonToken.END_OBJECT) {
      String key = json.currentName();
      JsonToken value = json.nextToken();
      switch (key) {
        case "name" -> {
          if (value != JsonToken.VALUE_STRING) {
            throw invalid("an output's name (expected: a string)");
          }
          name = Optional.of(json.getText());
        }
        case "parameters" -> wishes = OipJsonParameters.read(json);
        default -> json.skipChildren();
      }
    }
    String known = name.orElseThrow(() -> invalid("an output has no name"));
    if (outputs.putIfAbsent(known, wishes) != null) {
      throw invalid("output '" + known + "' is asked for twice");
    }
  }

  private OipRestRequest whole() {
    for (String sequence : SEQUENCES) {
      if (parameters.says(sequence)) {
        throw invalid("parameter '" + sequence + "': no model here keeps a state between requests");
      }
    }
    boolean binary = parameters.flag("binary_data_output").orElse(false);
    parameters.count("priority"); // no request is served before another, but nonsense is refused
    OptionalLong timeout = parameters.count("timeout");
    return new OipRestRequest(
        id,
        inOrder(),
        OipRestOutputs.wanted(signature, outputs, binary),
        timeout.isPresent() && timeout.getAsLong() > 0
            ? Optional.of(micros(timeout.getAsLong()))
            : Optional.empty());
  }

  private static Duration micros(long micros) {
    return Duration.ofSeconds(micros / 1_000_000, micros % 1_000_000 * 1_000);
  }

  private Map<String, Tensor> inOrder() {
    Map<String, Tensor> ordered = new LinkedHashMap<>();
    for (TensorSpec spec : signature.inputs()) {
      Tensor tensor = inputs.get(spec.name());
      if (tensor == null) {
        throw invalid(
            "input '"
                + spec.name()
                + "' is missing (expected: "
                + String.join(", ", names(signature.inputs()))
                + ")");
      }
      ordered.put(spec.name(), tensor);
    }
    return ordered;
  }
}
