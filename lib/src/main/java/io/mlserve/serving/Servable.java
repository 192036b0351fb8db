package io.mlserve.serving;

import io.mlserve.batch.BatchSizing;
import io.mlserve.metrics.VersionCounters;
import io.mlserve.model.InferRequest;
import io.mlserve.model.ModelName;
import io.mlserve.model.Signature;
import io.mlserve.model.Tensor;
import io.mlserve.model.Value;
import io.mlserve.runtime.BoundRun;
import io.mlserve.runtime.OnnxModel;
import io.mlserve.runtime.OutputMemory;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A loaded version that is able to answer. Used only under a {@link Lease}; any number of threads
 * may run it at once.
 */
public final class Servable implements AutoCloseable {
  private final ModelName name;
  private final long version;
  private final String versionText;
  private final Loaded loaded;
  private final VersionCounters counters;
  private final ServableStatistics statistics = new ServableStatistics();
  private final AtomicReference<@Nullable VersionLanes> lanes = new AtomicReference<>();

  /**
   * What was found out about it while it was loaded.
   *
   * @param batches whether requests may share a run
   * @param rowsAreFixed whether all rows have one shape
   */
  record Loaded(
      OnnxModel model, Origin origin, boolean batches, boolean rowsAreFixed, BatchSizing sizing) {}

  /**
   * What it was loaded from.
   *
   * @param file the model file
   * @param bytes its size, which says about how much memory it takes at least
   * @param digest of all its files, see {@link io.mlserve.store.ModelDigest}; empty text if it is
   *     not known
   */
  public record Origin(Path file, long bytes, String digest) {}

  Servable(ModelName name, long version, Loaded loaded) {
    this(name, version, loaded, VersionCounters.unread());
  }

  private Servable(ModelName name, long version, Loaded loaded, VersionCounters counters) {
    this.name = name;
    this.version = version;
    this.versionText = Long.toString(version);
    this.loaded = loaded;
    this.counters = counters;
  }

  /** The same, counted there; takes the place of this one, which is not to be closed then. */
  Servable countedBy(VersionCounters shown) {
    return new Servable(name, version, loaded, shown);
  }

  public ModelName name() {
    return name;
  }

  public long version() {
    return version;
  }

  /** The version as answers show it. */
  public String versionText() {
    return versionText;
  }

  public Signature signature() {
    return loaded.model().signature();
  }

  /** What it was loaded from. */
  public Origin origin() {
    return loaded.origin();
  }

  /** Where requests for it are counted for metrics, beyond its own life. */
  public VersionCounters counters() {
    return counters;
  }

  /** What was asked of it so far. */
  public ServableStatistics statistics() {
    return statistics;
  }

  /** Whether requests may share a run: each gets what it would have got alone. */
  public boolean batches() {
    return loaded.batches();
  }

  boolean rowsAreFixed() {
    return loaded.rowsAreFixed();
  }

  /** How many rows are worth a run, and where it is run. */
  public BatchSizing sizing() {
    return loaded.sizing();
  }

  /** Where its requests run; made by {@code maker} when the first comes. */
  VersionLanes lanes(Function<Servable, VersionLanes> maker) {
    VersionLanes made = lanes.get();
    if (made != null) {
      return made;
    }
    VersionLanes fresh = maker.apply(this);
    made = lanes.compareAndExchange(null, fresh);
    return made == null ? fresh : made;
  }

  /** Runs the model once, see {@link OnnxModel#run}. */
  public Map<String, Value> infer(InferRequest request, OutputMemory memory) {
    return loaded.model().run(request, memory);
  }

  /** See {@link OnnxModel#bind}. */
  Optional<BoundRun> bind(Map<String, Tensor> inputs, OutputMemory memory) {
    return loaded.model().bind(inputs, memory);
  }

  /**
   * The model ran once.
   *
   * @param rows that were asked for
   * @param filled rows that ran, those included that only fill up
   * @param inputNanos that reading them took
   */
  void ran(long rows, long filled, long inputNanos, long inferNanos) {
    statistics.ran(rows, inputNanos, inferNanos);
    counters.executed(rows, filled, inferNanos);
    loaded.sizing().observe((int) Math.min(filled, Integer.MAX_VALUE), inferNanos);
  }

  /** Frees the model; in a server only the slot does so, when the last lease has ended. */
  @Override
  public void close() {
    VersionLanes made = lanes.get();
    if (made != null) {
      made.close();
    }
    loaded.model().close();
  }
}
