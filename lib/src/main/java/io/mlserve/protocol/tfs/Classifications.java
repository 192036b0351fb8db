package io.mlserve.protocol.tfs;

import io.mlserve.error.ErrorCode;
import io.mlserve.error.MlserveException;
import io.mlserve.model.ElementType;
import io.mlserve.model.Shape;
import io.mlserve.model.Signature;
import io.mlserve.model.Tensor;
import io.mlserve.model.TensorSpec;
import io.mlserve.model.Value;
import io.mlserve.model.ValueSpec;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A model as a classifier: it has an output of scores, one row for each example and one column for
 * each class, or a map from class to score for each example.
 *
 * @param scores name of that output
 * @param labels name of an output with the label of every score, if there is one; without it labels
 *     are empty, as in TensorFlow Serving
 */
record Classifications(String scores, Optional<String> labels) {
  /** One class of one example. */
  record Scored(String label, float score) {}

  /** {@code INVALID_ARGUMENT} if the model is none. */
  static Classifications of(Signature signature) {
    for (ValueSpec output : signature.outputs()) {
      if (output instanceof ValueSpec.Structure structure
          && structure.form().startsWith("seq(map(")) {
        return new Classifications(structure.name(), Optional.empty());
      }
    }
    List<TensorSpec> matrices =
        ExampleOutputs.floats(signature).stream().filter(spec -> spec.shape().rank() == 2).toList();
    List<TensorSpec> named = matrices.stream().filter(Classifications::isNamedSo).toList();
    List<TensorSpec> candidates = named.isEmpty() ? matrices : named;
    if (candidates.size() != 1
        || (named.isEmpty() && ExampleOutputs.floats(signature).size() != 1)) {
      throw ExampleOutputs.wrongMethod("classification", "classify");
    }
    return new Classifications(candidates.get(0).name(), labels(signature));
  }

  private static boolean isNamedSo(TensorSpec spec) {
    String name = spec.name().toLowerCase(Locale.ROOT);
    return name.equals("scores") || name.contains("prob");
  }

  // With a single column they are the predicted classes, which says nothing of the others.
  private static Optional<String> labels(Signature signature) {
    List<TensorSpec> labels =
        signature.tensorOutputs().stream()
            .filter(spec -> spec.type() == ElementType.STRING || spec.type() == ElementType.INT64)
            .filter(spec -> spec.shape().rank() == 2)
            .toList();
    return labels.size() == 1 ? Optional.of(labels.get(0).name()) : Optional.empty();
  }

  Set<String> outputs() {
    Set<String> outputs = new HashSet<>();
    outputs.add(scores);
    labels.ifPresent(outputs::add);
    return outputs;
  }

  /** The classes of each of {@code rows} examples, in the model's order. */
  List<List<Scored>> read(Map<String, Value> outputs, int rows) {
    Value value = outputs.get(scores);
    return value instanceof Value.Sequence sequence
        ? maps(sequence, rows)
        : matrix(ExampleOutputs.requireRows(scores, value, rows), outputs, rows);
  }

  private List<List<Scored>> matrix(Tensor tensor, Map<String, Value> outputs, int rows) {
    Shape shape = tensor.shape();
    Optional<Tensor> texts =
        labels
            .map(name -> ExampleOutputs.requireRows(name, outputs.get(name), rows))
            .filter(found -> found.shape().equals(shape));
    List<List<Scored>> all = new ArrayList<>();
    int columns = (int) shape.dim(1);
    for (int row = 0; row < rows; row++) {
      List<Scored> classes = new ArrayList<>();
      for (int i = row * columns; i < (row + 1) * columns; i++) {
        int at = i;
        String label = texts.map(found -> ExampleOutputs.text(found, at)).orElse("");
        classes.add(new Scored(label, ExampleOutputs.number(tensor, i)));
      }
      all.add(classes);
    }
    return all;
  }

  private List<List<Scored>> maps(Value.Sequence sequence, int rows) {
    List<List<Scored>> all = new ArrayList<>();
    for (Value element : sequence.elements()) {
      if (!(element instanceof Value.Dictionary map) || all.size() == rows) {
        throw rowless(rows);
      }
      List<Scored> classes = new ArrayList<>();
      for (int i = 0; i < (int) map.keys().shape().elements(); i++) {
        classes.add(
            new Scored(ExampleOutputs.text(map.keys(), i), ExampleOutputs.number(map.values(), i)));
      }
      all.add(classes);
    }
    if (all.size() != rows) {
      throw rowless(rows);
    }
    return all;
  }

  private MlserveException rowless(int rows) {
    return new MlserveException(
        ErrorCode.INVALID_ARGUMENT,
        "output '" + scores + "' has no row for each of " + rows + " examples");
  }
}
