package io.mlserve.bench;

import io.mlserve.model.Tensor;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** What one request asks, before it is said in the words of an API. */
public sealed interface Input {
  /**
   * A JSON document, sent as it is where the API takes it.
   *
   * @param name of the file it came from, for messages
   */
  @SuppressWarnings("ArrayRecordComponent") // bytes to be sent, compared by nobody
  record Document(String name, byte[] bytes, JsonValue value) implements Input {
    public Document {
      bytes = Arrays.copyOf(bytes, bytes.length);
    }
  }

  /** Tensors by name. */
  record Tensors(Map<String, Tensor> values) implements Input {
    public Tensors {
      values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }
  }
}
