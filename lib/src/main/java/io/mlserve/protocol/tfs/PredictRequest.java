package io.mlserve.protocol.tfs;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.model.ElementType;
import io.mlserve.model.Signature;
import io.mlserve.model.Tensor;
import io.mlserve.model.TensorSpec;
import io.mlserve.protocol.json.RequestJson;
import io.mlserve.serving.TensorMemory;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A predict request, read from JSON straight into tensors.
 *
 * @param inputs by name, in the memory that was given to {@link #read}
 * @param format how the answer is to be laid out
 */
record PredictRequest(Map<String, Tensor> inputs, Format format) {
  /** {@code instances}, a row each, or {@code inputs}, a tensor each. */
  enum Format {
    ROW,
    COLUMN
  }

  // Where the parser speaks of its own classes and settings.
  private static final Pattern PARSERS_OWN = Pattern.compile(" \\(start marker at .*| \\(.*`.*");

  /** {@code INVALID_ARGUMENT} with TensorFlow Serving's message if it is no such request. */
  static PredictRequest read(RequestJson request, Signature signature, TensorMemory memory)
      throws IOException {
    try {
      List<TensorSpec> inputs = signature.inputs();
      if (inputs.size() == 1) {
        String name = inputs.get(0).name();
        TensorBuilder only = new TensorBuilder(inputs.get(0), memory);
        if (only.readOnly(request, "instances")) {
          return new PredictRequest(Map.of(name, only.tensor()), Format.ROW);
        }
        if (only.readOnly(request, "inputs")) {
          return new PredictRequest(Map.of(name, only.tensor()), Format.COLUMN);
        }
      }
      Map<String, TensorBuilder> builders = new LinkedHashMap<>();
      for (TensorSpec spec : inputs) {
        builders.put(spec.name(), new TensorBuilder(spec, memory));
      }
      return new Reader(request, signature, builders).read();
    } catch (JsonProcessingException e) {
      throw malformed(request, e);
    }
  }

  /** What to say of a body that is no JSON. */
  static MlserveException malformed(RequestJson request, JsonProcessingException e) {
    String position = e.getLocation() == null ? "" : " at byte " + request.offset(e.getLocation());
    if (e instanceof StreamConstraintsException) {
      return malformed("nested too deeply, or a number or name is too long" + position, e);
    }
    String message = String.valueOf(e.getOriginalMessage());
    return malformed(PARSERS_OWN.matcher(message).replaceAll("") + position, e);
  }

  /** Moves to the first token of a body, which has to be an object. */
  static void startObject(JsonParser json) throws IOException {
    JsonToken first = json.nextToken();
    if (first == null) {
      throw invalid("JSON Parse error: The document is empty");
    }
    if (first != JsonToken.START_OBJECT) {
      throw invalid("JSON Value: " + json.getText() + " is not an object (expected: an object)");
    }
  }

  /** Checks the name at the parser: there is one signature. */
  static void signatureName(JsonParser json) throws IOException {
    if (json.currentToken() != JsonToken.VALUE_STRING) {
      throw invalid("'signature_name' key must be a string value.");
    }
    if (!TfsSignature.isKnown(json.getText())) {
      throw invalid(
          "Serving signature name: \"" + json.getText() + "\" not found in signature def");
    }
  }

  private static MlserveException invalid(String message) {
    return new MlserveException(ErrorCode.INVALID_ARGUMENT, message);
  }

  private static MlserveException malformed(String what, IOException e) {
    return new MlserveException(ErrorCode.INVALID_ARGUMENT, "JSON Parse error: " + what, e);
  }

  /** Reads one request. */
  private static final class Reader {
    private final RequestJson request;
    private final JsonParser json;
    private final Signature signature;
    private final Map<String, TensorBuilder> builders;
    private final Map<String, Tensor> inputs = new LinkedHashMap<>();
    private Format format = Format.ROW;
    private boolean found;

    Reader(RequestJson request, Signature signature, Map<String, TensorBuilder> builders)
        throws IOException {
      this.request = request;
      this.json = request.parser();
      this.signature = signature;
      this.builders = builders;
    }

    PredictRequest read() throws IOException {
      startObject(json);
      while (json.nextToken() != JsonToken.END_OBJECT) {
        String key = json.currentName();
        json.nextToken();
        switch (key) {
          case "instances" -> once(Format.ROW);
          case "inputs" -> once(Format.COLUMN);
          case "signature_name" -> signatureName(json);
          default -> json.skipChildren();
        }
      }
      if (!found) {
        throw invalid("Missing 'inputs' or 'instances' key");
      }
      return new PredictRequest(inputs, format);
    }

    private void once(Format as) throws IOException {
      if (found) {
        throw invalid("Not expecting both 'inputs' and 'instances', nor one of them twice");
      }
      found = true;
      format = as;
      if (as == Format.ROW) {
        rows();
      } else {
        columns();
      }
    }

    private void rows() throws IOException {
      if (json.currentToken() != JsonToken.START_ARRAY) {
        throw invalid("Expecting 'instances' value to be a list/array");
      }
      if (builders.size() == 1 && onlyBuilder("instances").readRows(request)) {
        inputs.put(signature.inputs().get(0).name(), onlyBuilder("instances").tensor());
        return;
      }
      int rows = 0;
      boolean named = false;
      while (json.nextToken() != JsonToken.END_ARRAY) {
        boolean object = isNamed();
        if (rows > 0 && object != named) {
          throw invalid("Expecting all 'instances' to be objects, or none");
        }
        named = object;
        rows++;
        if (named) {
          namedRow(rows);
        } else {
          onlyBuilder("instances").addRow(request);
        }
      }
      if (rows == 0) {
        throw invalid("No values in 'instances' array");
      }
      builders.forEach((name, builder) -> inputs.put(name, builder.rowsTensor()));
    }

    // An object of inputs by name, and then the parser stands at the first of them. But
    // {"b64": "..."} is a value, unless an input is called so.
    private boolean isNamed() throws IOException {
      if (json.currentToken() != JsonToken.START_OBJECT) {
        return false;
      }
      boolean base64 =
          json.nextToken() == JsonToken.FIELD_NAME
              && json.currentName().equals("b64")
              && builders.size() == 1
              && !builders.containsKey("b64")
              && signature.inputs().get(0).type() == ElementType.STRING;
      return !base64;
    }

    private void namedRow(int row) throws IOException {
      for (; json.currentToken() != JsonToken.END_OBJECT; json.nextToken()) {
        String name = json.currentName();
        json.nextToken();
        TensorBuilder builder = builders.get(name);
        if (builder == null) {
          throw invalid(
              "instance "
                  + (row - 1)
                  + ": unknown input '"
                  + name
                  + "' (expected: "
                  + names()
                  + ")");
        }
        if (builder.rows() == row) {
          throw invalid("instance " + (row - 1) + ": input '" + name + "' appears twice");
        }
        builder.addRow(request);
      }
      builders.forEach(
          (name, builder) -> {
            if (builder.rows() != row) {
              throw invalid("instance " + (row - 1) + ": missing input '" + name + "'");
            }
          });
    }

    private void columns() throws IOException {
      if (isNamed()) {
        for (; json.currentToken() != JsonToken.END_OBJECT; json.nextToken()) {
          String name = json.currentName();
          json.nextToken();
          TensorBuilder builder = builders.get(name);
          if (builder == null) {
            json.skipChildren();
          } else if (inputs.containsKey(name)) {
            throw invalid("input '" + name + "' appears twice");
          } else {
            builder.readWhole(request);
            inputs.put(name, builder.tensor());
          }
        }
        for (String name : builders.keySet()) {
          if (!inputs.containsKey(name)) {
            throw invalid("Missing named input: " + name + " in 'inputs' object.");
          }
        }
        return;
      }
      TensorBuilder only = onlyBuilder("inputs");
      only.readWhole(request);
      inputs.put(signature.inputs().get(0).name(), only.tensor());
    }

    private TensorBuilder onlyBuilder(String key) {
      if (builders.size() != 1) {
        throw invalid(
            "'"
                + key
                + "' without names, but the model has "
                + builders.size()
                + " inputs: "
                + names());
      }
      return builders.values().iterator().next();
    }

    private String names() {
      return String.join(", ", builders.keySet());
    }
  }
}
