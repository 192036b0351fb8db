package io.mlserve.conformance;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.mlserve.model.ElementType;
import io.mlserve.model.Shape;
import io.mlserve.model.Tensor;
import java.io.ByteArrayOutputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The Open Inference Protocol over REST, with tensors as JSON or as bytes behind it. */
final class OipRestDoor implements Door {
  private static final String LENGTH = "Inference-Header-Content-Length";

  private final HttpDoor http;
  private final boolean binary;

  OipRestDoor(int port, boolean binary) {
    this.http = new HttpDoor(port);
    this.binary = binary;
  }

  @Override
  public Map<String, Tensor> infer(
      String model, Map<String, Tensor> inputs, Map<String, Tensor> expected) throws Exception {
    List<String> tensors = new ArrayList<>();
    ByteArrayOutputStream blobs = new ByteArrayOutputStream();
    inputs.forEach(
        (name, tensor) -> {
          byte[] bytes = Bytes.of(tensor);
          blobs.writeBytes(bytes);
          tensors.add(
              "{\"name\":"
                  + JsonText.quote(name)
                  + ",\"datatype\":\""
                  + Datatypes.of(tensor.type())
                  + "\",\"shape\":"
                  + tensor.shape()
                  + (binary
                      ? ",\"parameters\":{\"binary_data_size\":" + bytes.length + "}}"
                      : ",\"data\":" + JsonText.flat(tensor) + "}"));
        });
    String header =
        "{\"inputs\":["
            + String.join(",", tensors)
            + "]"
            + (binary ? ",\"parameters\":{\"binary_data_output\":true}" : "")
            + "}";
    byte[] head = header.getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.writeBytes(head);
    if (binary) {
      body.writeBytes(blobs.toByteArray());
    }
    HttpResponse<byte[]> answer =
        http.post(
            "/v2/models/" + model + "/infer",
            body.toByteArray(),
            binary ? Map.of(LENGTH, Integer.toString(head.length)) : Map.of());
    return outputs(answer);
  }

  /** One output as the JSON part tells it. */
  private static final class Output {
    private String name = "";
    private ElementType type = ElementType.BOOL;
    private Shape shape = Shape.SCALAR;
    private int size = -1;
    private final List<String> leaves = new ArrayList<>();
  }

  private static Map<String, Tensor> outputs(HttpResponse<byte[]> answer) throws Exception {
    byte[] body = answer.body();
    int head = answer.headers().firstValue(LENGTH).map(Integer::parseInt).orElse(body.length);
    Map<String, Tensor> outputs = new LinkedHashMap<>();
    int at = head;
    for (Output output : parse(new String(body, 0, head, StandardCharsets.UTF_8))) {
      if (output.size < 0) {
        outputs.put(output.name, JsonText.tensor(output.type, output.shape, output.leaves));
      } else {
        byte[] blob = Arrays.copyOfRange(body, at, at + output.size);
        at += output.size;
        outputs.put(output.name, Bytes.tensor(output.type, output.shape, blob));
      }
    }
    if (at != body.length) {
      throw new IllegalStateException((body.length - at) + " bytes are left over");
    }
    return outputs;
  }

  private static List<Output> parse(String text) throws Exception {
    List<Output> outputs = new ArrayList<>();
    try (JsonParser json = JsonText.parser(text)) {
      json.nextToken();
      while (json.nextToken() != JsonToken.END_OBJECT) {
        String key = json.currentName();
        json.nextToken();
        if (!key.equals("outputs")) {
          json.skipChildren();
          continue;
        }
        while (json.nextToken() != JsonToken.END_ARRAY) {
          outputs.add(output(json));
        }
      }
    }
    return outputs;
  }

  private static Output output(JsonParser json) throws Exception {
    Output output = new Output();
    while (json.nextToken() != JsonToken.END_OBJECT) {
      String key = json.currentName();
      json.nextToken();
      switch (key) {
        case "name" -> output.name = json.getText();
        case "datatype" -> output.type = Datatypes.type(json.getText());
        case "shape" -> {
          List<Long> dims = new ArrayList<>();
          while (json.nextToken() != JsonToken.END_ARRAY) {
            dims.add(json.getLongValue());
          }
          output.shape = Shape.of(dims.stream().mapToLong(Long::longValue).toArray());
        }
        case "data" -> {
          while (json.nextToken() != JsonToken.END_ARRAY) {
            output.leaves.add(json.getText());
          }
        }
        case "parameters" -> {
          while (json.nextToken() != JsonToken.END_OBJECT) {
            if (json.currentName().equals("binary_data_size") && json.currentToken().isNumeric()) {
              output.size = json.getIntValue();
            }
          }
        }
        default -> json.skipChildren();
      }
    }
    return output;
  }

  @Override
  public void close() {}
}
