package io.mlserve.protocol.tfs;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.protocol.json.RequestJson;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The body of {@code :classify} and {@code :regress}: examples, and features that all of them have.
 * A feature's kind is told from its JSON: whole numbers and bools, other numbers, strings.
 */
final class ExamplesRequest {
  private final JsonParser json;

  private ExamplesRequest(JsonParser json) {
    this.json = json;
  }

  /** Every example with the features of the context that it does not have itself. */
  static List<Map<String, ExampleFeature>> read(RequestJson request) throws IOException {
    try {
      return new ExamplesRequest(request.parser()).read();
    } catch (JsonProcessingException e) {
      throw PredictRequest.malformed(request, e);
    }
  }

  private List<Map<String, ExampleFeature>> read() throws IOException {
    PredictRequest.startObject(json);
    @Nullable List<Map<String, ExampleFeature>> examples = null;
    Map<String, ExampleFeature> context = Map.of();
    while (json.nextToken() != JsonToken.END_OBJECT) {
      String key = json.currentName();
      json.nextToken();
      switch (key) {
        case "examples" -> examples = examples();
        case "context" -> context = features("context");
        case "signature_name" -> PredictRequest.signatureName(json);
        default -> json.skipChildren();
      }
    }
    if (examples == null || examples.isEmpty()) {
      throw invalid("Missing 'examples' list, or no values in it");
    }
    List<Map<String, ExampleFeature>> all = new ArrayList<>();
    for (Map<String, ExampleFeature> example : examples) {
      Map<String, ExampleFeature> features = new HashMap<>(context);
      features.putAll(example);
      all.add(features);
    }
    return all;
  }

  private List<Map<String, ExampleFeature>> examples() throws IOException {
    if (json.currentToken() != JsonToken.START_ARRAY) {
      throw invalid("Expecting 'examples' value to be a list/array");
    }
    List<Map<String, ExampleFeature>> examples = new ArrayList<>();
    while (json.nextToken() != JsonToken.END_ARRAY) {
      examples.add(features("example " + examples.size()));
    }
    return examples;
  }

  private Map<String, ExampleFeature> features(String where) throws IOException {
    if (json.currentToken() != JsonToken.START_OBJECT) {
      throw invalid(where + " is no object (expected: features by name)");
    }
    Map<String, ExampleFeature> features = new LinkedHashMap<>();
    while (json.nextToken() != JsonToken.END_OBJECT) {
      String name = json.currentName();
      json.nextToken();
      features.put(name, new Values(where + ": feature '" + name + "'").read());
    }
    return features;
  }

  /** Reads the values of one feature. */
  private final class Values {
    private final String where;
    private final List<Long> integers = new ArrayList<>();
    private final List<Float> reals = new ArrayList<>();
    private final List<String> texts = new ArrayList<>();

    Values(String where) {
      this.where = where;
    }

    ExampleFeature read() throws IOException {
      if (json.currentToken() == JsonToken.START_ARRAY) {
        while (json.nextToken() != JsonToken.END_ARRAY) {
          value();
        }
      } else {
        value();
      }
      int kinds =
          (integers.isEmpty() ? 0 : 1) + (reals.isEmpty() ? 0 : 1) + (texts.isEmpty() ? 0 : 1);
      if (kinds > 1) {
        throw invalid(where + " mixes kinds of values (expected: one)");
      }
      if (!texts.isEmpty()) {
        return new ExampleFeature.Texts(texts.toArray(new String[0]));
      }
      if (!integers.isEmpty()) {
        return new ExampleFeature.Integers(integers.stream().mapToLong(Long::longValue).toArray());
      }
      float[] values = new float[reals.size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = reals.get(i);
      }
      return new ExampleFeature.Reals(values);
    }

    private void value() throws IOException {
      switch (json.currentToken()) {
        case VALUE_TRUE -> integers.add(1L);
        case VALUE_FALSE -> integers.add(0L);
        case VALUE_NUMBER_INT -> {
          if (json.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
            throw invalid(where + ": " + json.getText() + " (expected: less than 2^63)");
          }
          integers.add(json.getLongValue());
        }
        case VALUE_NUMBER_FLOAT -> reals.add(json.getFloatValue());
        case VALUE_STRING -> texts.add(json.getText());
        case START_OBJECT -> texts.add(base64());
        default -> // null, and whatever ends before it begins
            throw invalid(where + " holds " + json.getText() + " (expected: numbers or strings)");
      }
    }

    private String base64() throws IOException {
      if (json.nextToken() != JsonToken.FIELD_NAME
          || !json.currentName().equals("b64")
          || json.nextToken() != JsonToken.VALUE_STRING) {
        throw invalid(where + " holds an object (expected: {\"b64\": \"...\"})");
      }
      String text = decode(json.getText());
      if (json.nextToken() != JsonToken.END_OBJECT) {
        throw invalid(where + " holds an object (expected: {\"b64\": \"...\"})");
      }
      return text;
    }

    private String decode(String base64) {
      try {
        ByteBuffer bytes = ByteBuffer.wrap(Base64.getDecoder().decode(base64));
        return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
      } catch (IllegalArgumentException e) {
        throw invalid(where + " is not formatted correctly for base64 data");
      } catch (CharacterCodingException e) {
        throw invalid(where + " is no UTF-8 text, which strings of ONNX models are");
      }
    }
  }

  private static MlserveException invalid(String message) {
    return new MlserveException(ErrorCode.INVALID_ARGUMENT, message);
  }
}
