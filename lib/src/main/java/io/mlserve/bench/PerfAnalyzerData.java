package io.mlserve.bench;

import io.mlserve.bench.JsonValue.Listing;
import io.mlserve.bench.JsonValue.Members;
import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.model.ElementType;
import io.mlserve.model.Shape;
import io.mlserve.model.Signature;
import io.mlserve.model.Tensor;
import io.mlserve.model.TensorSpec;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads what perf_analyzer takes with {@code --input-data}: {@code data}, one object for each
 * request, and {@code validation_data} with the answers. Tensors are flat lists, {@code content}
 * with a {@code shape}, or {@code b64}. A shape may leave out the outermost size of 1.
 */
final class PerfAnalyzerData {
  private final String file;
  private final Signature signature;
  private final JsonTensors tensors;

  PerfAnalyzerData(String file, Signature signature) {
    this.file = file;
    this.signature = signature;
    this.tensors = new JsonTensors(file, signature);
  }

  /** Whether a document is of that kind. */
  static boolean is(JsonValue document) {
    return JsonPaths.members(document).get("data") instanceof Listing;
  }

  InputSet read(JsonValue document) {
    List<Input> inputs = new ArrayList<>();
    for (JsonValue step : steps(JsonPaths.members(document).get("data"))) {
      Map<String, Tensor> named = new LinkedHashMap<>();
      for (TensorSpec spec : signature.inputs()) {
        named.put(spec.name(), tensor(spec, JsonPaths.members(step).get(spec.name())));
      }
      inputs.add(new Input.Tensors(named));
    }
    List<RightAnswer> answers = new ArrayList<>();
    for (JsonValue step : steps(JsonPaths.members(document).get("validation_data"))) {
      Map<String, TensorValues> named = new LinkedHashMap<>();
      for (TensorSpec spec : signature.tensorOutputs()) {
        JsonValue value = JsonPaths.members(step).get(spec.name());
        if (value != null) {
          named.put(spec.name(), TensorValues.of(tensor(spec, value)));
        }
      }
      answers.add(new RightAnswer.Tensors(named));
    }
    if (inputs.isEmpty() || (!answers.isEmpty() && answers.size() != inputs.size())) {
      throw wrong("%d requests and %d answers in it".formatted(inputs.size(), answers.size()));
    }
    return new InputSet(inputs, answers.isEmpty() ? Optional.empty() : Optional.of(answers));
  }

  // several streams are sent one after the other
  private static List<JsonValue> steps(@Nullable JsonValue data) {
    List<JsonValue> steps = new ArrayList<>();
    for (JsonValue item : JsonPaths.items(data)) {
      if (item instanceof Listing stream) {
        steps.addAll(stream.items());
      } else {
        steps.add(item);
      }
    }
    return steps;
  }

  private Tensor tensor(TensorSpec spec, @Nullable JsonValue value) {
    if (value == null) {
      throw wrong("no '" + spec.name() + "' in one of its requests");
    }
    if (!(value instanceof Members object)) {
      return ofContent(spec, null, value);
    }
    Map<String, JsonValue> members = object.members();
    Shape given =
        members.get("shape") instanceof Listing dims ? tensors.shape(spec.name(), dims) : null;
    JsonValue content = members.get("content");
    if (members.get("b64") instanceof JsonValue.Text encoded) {
      return ofBytes(spec, given, encoded.value());
    }
    if (content instanceof Members inner
        && inner.members().get("b64") instanceof JsonValue.Text encoded) {
      return ofBytes(spec, given, encoded.value());
    }
    if (content == null) {
      throw wrong("'" + spec.name() + "' has neither content nor b64");
    }
    return ofContent(spec, given, content);
  }

  private Tensor ofContent(TensorSpec spec, @Nullable Shape given, JsonValue content) {
    List<JsonValue> leaves = new ArrayList<>();
    flatten(content, leaves);
    Shape shape = shape(spec, given, leaves.size());
    return tensors.tensor(spec.name(), spec.type(), shape, new Listing(leaves));
  }

  private Tensor ofBytes(TensorSpec spec, @Nullable Shape given, String encoded) {
    ByteBuffer bytes;
    try {
      bytes = ByteBuffer.wrap(Base64.getMimeDecoder().decode(encoded));
    } catch (IllegalArgumentException e) {
      throw wrong("'" + spec.name() + "': b64 that is none");
    }
    long count =
        spec.type() == ElementType.STRING
            ? TensorBytes.strings(spec.name(), bytes).size()
            : bytes.remaining() / spec.type().bytes();
    return TensorBytes.decode(spec.name(), spec.type(), shape(spec, given, count), bytes);
  }

  private static void flatten(JsonValue value, List<JsonValue> leaves) {
    if (value instanceof Listing list) {
      list.items().forEach(item -> flatten(item, leaves));
    } else {
      leaves.add(value);
    }
  }

  private static Shape shape(TensorSpec spec, @Nullable Shape given, long count) {
    if (given != null) {
      boolean batchLeftOut = given.rank() == spec.shape().rank() - 1;
      return batchLeftOut ? withBatch(given) : given;
    }
    long[] dims = spec.shape().toArray();
    long known = 1;
    int open = -1;
    for (int i = 0; i < dims.length; i++) {
      if (dims[i] >= 0) {
        known *= dims[i];
      } else if (open < 0) {
        open = i;
      } else {
        // of several sizes that are open, the last takes the elements and the others are 1
        dims[open] = 1;
        open = i;
      }
    }
    if (open >= 0) {
      dims[open] = known == 0 ? 0 : count / known;
    }
    return Shape.of(dims);
  }

  private static Shape withBatch(Shape shape) {
    long[] dims = new long[shape.rank() + 1];
    dims[0] = 1;
    System.arraycopy(shape.toArray(), 0, dims, 1, shape.rank());
    return Shape.of(dims);
  }

  private MlserveException wrong(String what) {
    return new MlserveException(
        ErrorCode.INVALID_ARGUMENT, file + ": " + what + " (expected: perf_analyzer's JSON)");
  }
}
