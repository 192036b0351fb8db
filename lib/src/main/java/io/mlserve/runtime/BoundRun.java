package io.mlserve.runtime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.mlserve.model.Value;
import java.util.Map;
import java.util.Set;

/**
 * A run over memory that stays: ONNX Runtime's tensors of its inputs and outputs are made once and
 * used again and again, which for a tiny model is half of the work. The inputs are read from, and
 * the outputs written to, the memory that it was bound to.
 *
 * <p>For one thread at a time. Whoever bound it closes it, before the model.
 */
public final class BoundRun implements AutoCloseable {
  private final OrtSession session;
  private final Map<String, OnnxTensor> inputs;
  private final Map<String, OnnxTensor> pins;
  private final Map<String, Value> outputs;

  BoundRun(
      OrtSession session,
      Map<String, OnnxTensor> inputs,
      Map<String, OnnxTensor> pins,
      Map<String, Value> outputs) {
    this.session = session;
    this.inputs = inputs;
    this.pins = pins;
    this.outputs = outputs;
  }

  /**
   * Runs the model once on what the inputs' memory holds now. Fails as {@link OnnxModel#run} does.
   *
   * @return every output by name, in the model's order; the same views each time
   */
  public Map<String, Value> run() {
    try {
      session.run(inputs, Set.of(), pins).close(); // it owns nothing: the outputs are ours
      return outputs;
    } catch (OrtException e) {
      throw RunFailures.translate(e);
    }
  }

  @Override
  public void close() {
    inputs.values().forEach(OnnxTensor::close);
    pins.values().forEach(OnnxTensor::close);
  }
}
