package io.mlserve.model;

import java.util.List;
import java.util.Optional;

/** The inputs that a model takes and the outputs that it gives, in the model's order. */
public record Signature(List<TensorSpec> inputs, List<ValueSpec> outputs) {
  public Signature {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
  }

  public Optional<TensorSpec> input(String name) {
    return find(inputs, name);
  }

  public Optional<ValueSpec> output(String name) {
    return find(outputs, name);
  }

  /** The outputs that are tensors: all that most protocols can carry. */
  public List<TensorSpec> tensorOutputs() {
    return outputs.stream()
        .filter(TensorSpec.class::isInstance)
        .map(TensorSpec.class::cast)
        .toList();
  }

  private static <T extends ValueSpec> Optional<T> find(List<T> specs, String name) {
    for (T spec : specs) { // a handful at most
      if (spec.name().equals(name)) {
        return Optional.of(spec);
      }
    }
    return Optional.empty();
  }

  /**
   * Why a client of {@code this} could not use a model of signature {@code next} unchanged, or
   * empty if it could: every input must be there with its type and take at least the same shapes,
   * no input may be new, every output must be there with its type and rank.
   */
  public Optional<String> incompatibility(Signature next) {
    for (TensorSpec now : inputs) {
      Optional<TensorSpec> then = next.input(now.name());
      if (then.isEmpty()) {
        return Optional.of("input '" + now.name() + "' is gone");
      }
      if (then.get().type() != now.type() || !takesAtLeast(then.get().shape(), now.shape())) {
        return Optional.of("input '" + now + "' became '" + then.get() + "'");
      }
    }
    for (TensorSpec then : next.inputs) {
      if (input(then.name()).isEmpty()) {
        return Optional.of("input '" + then + "' is new");
      }
    }
    for (ValueSpec now : outputs) {
      Optional<ValueSpec> then = next.output(now.name());
      if (then.isEmpty()) {
        return Optional.of("output '" + now.name() + "' is gone");
      }
      if (!readsAlike(now, then.get())) {
        return Optional.of("output '" + now + "' became '" + then.get() + "'");
      }
    }
    return Optional.empty();
  }

  private static boolean readsAlike(ValueSpec now, ValueSpec then) {
    if (now instanceof TensorSpec before && then instanceof TensorSpec after) {
      return before.type() == after.type() && before.shape().rank() == after.shape().rank();
    }
    return now.equals(then);
  }

  private static boolean takesAtLeast(Shape next, Shape now) {
    if (next.rank() != now.rank()) {
      return false;
    }
    for (int axis = 0; axis < next.rank(); axis++) {
      if (next.dim(axis) != Shape.ANY && next.dim(axis) != now.dim(axis)) {
        return false;
      }
    }
    return true;
  }
}
