package io.mlserve.conformance;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.mlserve.model.Shape;
import io.mlserve.model.Tensor;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** TensorFlow Serving's REST API in its column format. */
final class TfsRestDoor implements Door {
  private final HttpDoor http;

  TfsRestDoor(int port) {
    this.http = new HttpDoor(port);
  }

  @Override
  public String limit(Map<String, Tensor> inputs, Map<String, Tensor> outputs) {
    for (Map<String, Tensor> tensors : List.of(inputs, outputs)) {
      for (Tensor tensor : tensors.values()) {
        if (isLost(tensor.shape())) {
          return "nested lists cannot tell a shape with a dimension of 0 before others";
        }
      }
    }
    return inputs.isEmpty() ? "a request without inputs cannot be written" : "";
  }

  // [] is all that is left of [0, 3].
  private static boolean isLost(Shape shape) {
    for (int axis = 0; axis < shape.rank() - 1; axis++) {
      if (shape.dim(axis) == 0) {
        return true;
      }
    }
    return false;
  }

  @Override
  public Map<String, Tensor> infer(
      String model, Map<String, Tensor> inputs, Map<String, Tensor> expected) throws Exception {
    List<String> fields = new ArrayList<>();
    inputs.forEach(
        (name, tensor) -> fields.add(JsonText.quote(name) + ":" + JsonText.nested(tensor)));
    String body = "{\"inputs\":{" + String.join(",", fields) + "}}";
    byte[] answer =
        http.post(
                "/v1/models/" + model + ":predict", body.getBytes(StandardCharsets.UTF_8), Map.of())
            .body();
    try (JsonParser json = JsonText.parser(new String(answer, StandardCharsets.UTF_8))) {
      json.nextToken();
      json.nextToken(); // outputs
      json.nextToken();
      return outputs(json, expected);
    }
  }

  private static Map<String, Tensor> outputs(JsonParser json, Map<String, Tensor> expected)
      throws Exception {
    Map<String, Tensor> outputs = new LinkedHashMap<>();
    if (expected.size() == 1) {
      Map.Entry<String, Tensor> only = expected.entrySet().iterator().next();
      outputs.put(only.getKey(), JsonText.read(json, only.getValue().type()));
      return outputs;
    }
    while (json.nextToken() != JsonToken.END_OBJECT) {
      String name = json.currentName();
      json.nextToken();
      Tensor like = expected.get(name);
      if (like == null) {
        throw new IllegalStateException("unexpected output " + name);
      }
      outputs.put(name, JsonText.read(json, like.type()));
    }
    return outputs;
  }

  @Override
  public void close() {}
}
