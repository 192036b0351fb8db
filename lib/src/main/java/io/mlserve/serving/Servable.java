package io.mlserve.serving;

import io.mlserve.model.ModelName;
import io.mlserve.model.Signature;
import io.mlserve.model.Tensor;
import io.mlserve.runtime.OnnxModel;
import io.mlserve.runtime.OutputMemory;
import java.util.Map;

/**
 * A loaded version that is able to answer. Used only under a {@link Lease}; any number of threads
 * may run it at once.
 */
public final class Servable implements AutoCloseable {
  private final ModelName name;
  private final long version;
  private final OnnxModel model;

  Servable(ModelName name, long version, OnnxModel model) {
    this.name = name;
    this.version = version;
    this.model = model;
  }

  public ModelName name() {
    return name;
  }

  public long version() {
    return version;
  }

  public Signature signature() {
    return model.signature();
  }

  /** Runs the model once, see {@link OnnxModel#run}. */
  public Map<String, Tensor> infer(Map<String, Tensor> inputs, OutputMemory memory) {
    return model.run(inputs, memory);
  }

  /** Frees the model; in a server only the slot does so, when the last lease has ended. */
  @Override
  public void close() {
    model.close();
  }
}
