package io.mlserve.serving;

import io.mlserve.metrics.VersionCounters;
import io.mlserve.model.InferRequest;
import io.mlserve.model.ModelName;
import io.mlserve.model.Signature;
import io.mlserve.model.Value;
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
  private final long fileBytes;
  private final VersionCounters counters;
  private final ServableStatistics statistics = new ServableStatistics();

  Servable(ModelName name, long version, OnnxModel model, long fileBytes) {
    this(name, version, model, fileBytes, VersionCounters.unread());
  }

  private Servable(
      ModelName name, long version, OnnxModel model, long fileBytes, VersionCounters counters) {
    this.name = name;
    this.version = version;
    this.model = model;
    this.fileBytes = fileBytes;
    this.counters = counters;
  }

  /** The same, counted there; takes the place of this one, which is not to be closed then. */
  Servable countedBy(VersionCounters shown) {
    return new Servable(name, version, model, fileBytes, shown);
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

  /** Size of the model file, which says about how much memory it takes at least. */
  public long fileBytes() {
    return fileBytes;
  }

  /** Where requests for it are counted for metrics, beyond its own life. */
  public VersionCounters counters() {
    return counters;
  }

  /** What was asked of it so far. */
  public ServableStatistics statistics() {
    return statistics;
  }

  /** Runs the model once, see {@link OnnxModel#run}. */
  public Map<String, Value> infer(InferRequest request, OutputMemory memory) {
    return model.run(request, memory);
  }

  /** Frees the model; in a server only the slot does so, when the last lease has ended. */
  @Override
  public void close() {
    model.close();
  }
}
