package io.mlserve.runtime;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.TensorInfo;
import io.mlserve.model.ElementType;
import io.mlserve.model.Shape;
import io.mlserve.model.Tensor;
import io.mlserve.model.TensorSpec;
import io.mlserve.model.ValueSpec;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the shape of an output will be, where the model says it before it runs: every dimension is
 * fixed, or carries the name of an input's dimension. Such outputs are written straight into our
 * memory.
 */
final class OutputShapes {
  /** Where a named dimension can be read: axis of an input. */
  private record Axis(String input, int axis) {}

  private final Map<String, Axis> named;
  private final Map<String, String[]> outputNames;

  private OutputShapes(Map<String, Axis> named, Map<String, String[]> outputNames) {
    this.named = named;
    this.outputNames = outputNames;
  }

  static OutputShapes of(Map<String, NodeInfo> inputs, Map<String, NodeInfo> outputs) {
    Map<String, Axis> named = new HashMap<>();
    inputs.forEach(
        (name, node) -> {
          if (node.getInfo() instanceof TensorInfo info) {
            String[] dims = info.getDimensionNames();
            for (int axis = 0; axis < dims.length; axis++) {
              if (!dims[axis].isEmpty()) {
                named.putIfAbsent(dims[axis], new Axis(name, axis));
              }
            }
          }
        });
    Map<String, String[]> outputNames = new HashMap<>();
    outputs.forEach(
        (name, node) -> {
          if (node.getInfo() instanceof TensorInfo info) {
            outputNames.put(name, info.getDimensionNames());
          }
        });
    return new OutputShapes(named, outputNames);
  }

  /** Tensors for those outputs whose shape can be told, over memory from {@code memory}. */
  Map<String, Tensor> pin(
      List<ValueSpec> outputs, Map<String, Tensor> inputs, OutputMemory memory) {
    Map<String, Tensor> pinned = new HashMap<>();
    for (ValueSpec spec : outputs) {
      if (!(spec instanceof TensorSpec output)) {
        continue;
      }
      resolve(output, inputs)
          .ifPresent(
              shape -> {
                ByteBuffer data = memory.take(shape.elements() * output.type().bytes());
                pinned.put(output.name(), new Tensor.Numbers(output.type(), shape, data));
              });
    }
    return pinned;
  }

  /** The shape that {@code output} will have for these inputs, or empty if only a run can tell. */
  private Optional<Shape> resolve(TensorSpec output, Map<String, Tensor> inputs) {
    if (output.type() == ElementType.STRING) {
      return Optional.empty();
    }
    long[] dims = output.shape().toArray();
    String[] names = outputNames.getOrDefault(output.name(), new String[0]);
    for (int i = 0; i < dims.length; i++) {
      if (dims[i] == Shape.ANY) {
        Axis axis = i < names.length ? named.get(names[i]) : null;
        Tensor input = axis == null ? null : inputs.get(axis.input());
        if (axis == null || input == null || axis.axis() >= input.shape().rank()) {
          return Optional.empty();
        }
        dims[i] = input.shape().dim(axis.axis());
      }
    }
    return Optional.of(Shape.of(dims));
  }
}
