package io.mlserve.batch;

import java.util.OptionalLong;

/**
 * How many rows are worth one run, and whether an event loop may run it. Knows one version of a
 * model. Thread-safe.
 *
 * <p>A run on an event loop holds up every other request of that loop, so there only as many rows
 * run together as fit into a millisecond and a half, and a model of which not even one does is run
 * by threads of its own. Once there, it must be clearly faster to come back: noise alone does not
 * move it.
 */
public final class BatchSizing {
  /** Longest run on an event loop. */
  public static final long LOOP_NANOS = 1_500_000;

  private static final double SLOW = 1_000_000; // one row: from here on not on a loop
  private static final double FAST = 500_000; // and down to here back on it
  private static final double WORTHWHILE = 0.93; // of the time a row, or the batch stays smaller

  private final BatchOptions options;
  private final boolean bounded;
  private final RunCost cost = new RunCost();
  private boolean onLoop;
  private int mostWorthwhile;
  private volatile Decision decision = new Decision(false, 1, 1);

  /**
   * What holds until something else is measured.
   *
   * @param onLoop whether an event loop may run the model
   * @param loopRows most rows of a run there
   * @param poolRows most rows of a run elsewhere
   */
  public record Decision(boolean onLoop, int loopRows, int poolRows) {}

  /**
   * @param bounded whether the time of a run is bounded by its rows: not with open dimensions
   *     besides the rows, nor with loops inside the model. Only then an event loop may run it
   * @param batches whether requests may share a run at all
   */
  public BatchSizing(BatchOptions options, boolean bounded, boolean batches) {
    this.options = options;
    this.bounded = bounded;
    this.mostWorthwhile = batches ? options.maxRows() : 1;
    this.decision = decide();
  }

  public BatchOptions options() {
    return options;
  }

  /** How many rows really run where {@code rows} were asked for. */
  public int filled(int rows) {
    return options.filled(rows);
  }

  /** What holds now. */
  public Decision decision() {
    return decision;
  }

  /**
   * What was measured before the first request: {@code nanos[i]} for a run of {@code rows[i]} rows,
   * ascending.
   */
  public synchronized void calibrate(int[] rows, long[] nanos) {
    double best = Double.MAX_VALUE;
    int worthwhile = 1;
    for (int i = 0; i < rows.length; i++) {
      cost.observe(rows[i], nanos[i]);
      double each = (double) nanos[i] / rows[i];
      if (each < best * WORTHWHILE) {
        best = each;
        worthwhile = rows[i];
      }
    }
    boolean stillGaining = rows.length > 0 && worthwhile == rows[rows.length - 1];
    if (!stillGaining) { // else nobody knows where it ends
      mostWorthwhile = Math.min(mostWorthwhile, worthwhile);
    }
    onLoop = bounded && cost.isKnown() && cost.nanos(1) <= SLOW;
    decision = decide();
  }

  /** A run of {@code rows} rows took {@code nanos}. */
  public synchronized void observe(int rows, long nanos) {
    cost.observe(rows, nanos);
    decision = decide();
  }

  /** What a run of {@code rows} rows will take, in nanoseconds; 0 while nothing is known. */
  public synchronized double nanos(int rows) {
    return cost.nanos(rows);
  }

  private Decision decide() {
    double single = cost.nanos(1);
    if (onLoop && single > SLOW) {
      onLoop = false;
    } else if (!onLoop && bounded && single < FAST && cost.isKnown()) {
      onLoop = true;
    }
    Decision next = new Decision(onLoop, Math.min(mostWorthwhile, fitting(LOOP_NANOS)), poolRows());
    return next.equals(decision) ? decision : next;
  }

  private int poolRows() {
    return options
        .objective()
        // Half of the objective for the run, half for the wait behind another one.
        .map(objective -> Math.min(mostWorthwhile, fitting(objective.toNanos() / 2)))
        .orElse(mostWorthwhile);
  }

  /** The most rows, at least one, whose run takes no longer than {@code nanos}. */
  private int fitting(long nanos) {
    double row = cost.perRow();
    if (row <= 0) {
      return options.maxRows();
    }
    double rows = (nanos - cost.perRun()) / row + 1e-6; // of which the fit may be short
    return (int) Math.max(1, Math.min(options.maxRows(), rows));
  }

  /**
   * Whether one more request can keep the objective while {@code waiting} requests wait before it
   * and {@code running} of {@code runners} threads are busy.
   *
   * @param age of the request, in nanoseconds
   * @return empty if it can, or by how many nanoseconds it would be late
   */
  public synchronized OptionalLong lateness(int waiting, int running, int runners, long age) {
    if (options.objective().isEmpty() || !cost.isKnown()) {
      return OptionalLong.empty();
    }
    int batch = decision.poolRows();
    double run = cost.nanos(Math.min(batch, waiting + 1));
    double busy = running >= runners ? run / runners : 0; // on average half of a run is left
    double before = Math.floorDiv(waiting, batch) * cost.nanos(batch) / runners;
    double late = age + busy + before + run - options.objective().get().toNanos();
    return late <= 0 ? OptionalLong.empty() : OptionalLong.of((long) Math.max(late, 1));
  }
}
