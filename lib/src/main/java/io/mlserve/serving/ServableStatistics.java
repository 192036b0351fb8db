package io.mlserve.serving;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * What one loaded version was asked, and how long each part of the answers took. Thread-safe; a
 * snapshot taken while requests run may be one request apart from one counter to the next.
 */
public final class ServableStatistics {
  private static final int MOST_BATCH_SIZES = 512; // clients choose them: there must be an end

  private final Total success = new Total();
  private final Total failure = new Total();
  private final Total queue = new Total();
  private final Total input = new Total();
  private final Total infer = new Total();
  private final Total output = new Total();
  private final LongAdder rows = new LongAdder();
  private final LongAdder executions = new LongAdder();
  private final LongAdder inFlight = new LongAdder();
  private final Map<Long, Batch> batches = new ConcurrentHashMap<>();
  private volatile long lastMillis;

  /** How often something was done, and for how long in all. */
  public record Duration(long count, long nanos) {}

  /** The executions of one batch size. */
  public record BatchDurations(long size, Duration input, Duration infer, Duration output) {}

  /**
   * All counters at one time.
   *
   * @param lastMillis when a run was last begun, in milliseconds since 1970; 0 for never
   * @param rows that were inferred
   * @param executions of the model; fewer than requests where requests are batched
   * @param success requests answered, from their arrival to their answer
   * @param failure requests that were not
   */
  public record Snapshot(
      long lastMillis,
      long rows,
      long executions,
      Duration success,
      Duration failure,
      Duration queue,
      Duration input,
      Duration infer,
      Duration output,
      List<BatchDurations> batches) {}

  private static final class Total {
    private final LongAdder count = new LongAdder();
    private final LongAdder nanos = new LongAdder();

    void add(long took) {
      count.increment();
      nanos.add(took);
    }

    Duration read() {
      return new Duration(count.sum(), nanos.sum());
    }
  }

  private static final class Batch {
    private final Total input = new Total();
    private final Total infer = new Total();
    private final Total output = new Total();
  }

  /** The points in time, by {@code System.nanoTime}, through which an answered request went. */
  record Times(long arrived, long begun, long decoded, long started, long inferred, long answered) {
    /** While nothing was done for it. */
    long queued() {
      return begun - arrived + started - decoded;
    }
  }

  void entered() {
    inFlight.increment();
  }

  void left() {
    inFlight.decrement();
  }

  /** Requests that hold this version now. */
  public long inFlight() {
    return inFlight.sum();
  }

  /**
   * A run ended.
   *
   * @param size rows that it was asked for
   * @param inputNanos that reading them took
   */
  void ran(long size, long inputNanos, long inferNanos) {
    lastMillis = System.currentTimeMillis();
    executions.increment();
    rows.add(size);
    Batch batch = batch(size);
    if (batch != null) {
      batch.input.add(inputNanos);
      batch.infer.add(inferNanos);
    }
  }

  /** The answers of a run of {@code size} rows were written, in {@code nanos}. */
  void wrote(long size, long nanos) {
    Batch batch = batch(size);
    if (batch != null) {
      batch.output.add(nanos);
    }
  }

  private @Nullable Batch batch(long size) {
    Batch batch = batches.get(size);
    if (batch == null && batches.size() < MOST_BATCH_SIZES) {
      batch = batches.computeIfAbsent(size, rows -> new Batch());
    }
    return batch;
  }

  void succeeded(Times times) {
    success.add(times.answered() - times.arrived());
    queue.add(times.queued());
    input.add(times.decoded() - times.begun());
    infer.add(times.inferred() - times.started());
    output.add(times.answered() - times.inferred());
  }

  void failed(long nanos) {
    failure.add(nanos);
  }

  public Snapshot read() {
    List<BatchDurations> sizes =
        batches.entrySet().stream()
            .sorted(Map.Entry.comparingByKey())
            .map(
                entry ->
                    new BatchDurations(
                        entry.getKey(),
                        entry.getValue().input.read(),
                        entry.getValue().infer.read(),
                        entry.getValue().output.read()))
            .toList();
    return new Snapshot(
        lastMillis,
        rows.sum(),
        executions.sum(),
        success.read(),
        failure.read(),
        queue.read(),
        input.read(),
        infer.read(),
        output.read(),
        sizes);
  }
}
