package io.mlserve.batch;

/**
 * What a run of a model costs, as a line through what was measured: so much for a run, and so much
 * for each row of it. Learns from every run, and forgets old ones, so it follows a model that
 * becomes slower; a run that took several times what it should, because something else had the
 * core, counts only when it is not the only one.
 *
 * <p>The fit is least squares, weighted so that a run counts half after about 45 others. Not
 * thread-safe.
 */
public final class RunCost {
  private static final double MEMORY = 1 - 1.0 / 64;
  private static final double STRANGE = 4; // times what was expected
  private static final int BELIEVED = 3; // strange runs in a row

  private double weight;
  private double sumRows;
  private double sumNanos;
  private double sumRowsRows;
  private double sumRowsNanos;
  private int strange;

  /** A run of {@code rows} rows took {@code nanos}. */
  public void observe(int rows, long nanos) {
    if (weight > 0 && nanos > STRANGE * nanos(rows)) {
      strange++;
      if (strange < BELIEVED) {
        return;
      }
    } else {
      strange = 0;
    }
    weight = weight * MEMORY + 1;
    sumRows = sumRows * MEMORY + rows;
    sumNanos = sumNanos * MEMORY + nanos;
    sumRowsRows = sumRowsRows * MEMORY + (double) rows * rows;
    sumRowsNanos = sumRowsNanos * MEMORY + (double) rows * nanos;
  }

  /** Whether anything was observed. */
  public boolean isKnown() {
    return weight > 0;
  }

  /** What a run of {@code rows} rows will take, in nanoseconds; 0 while nothing is known. */
  public double nanos(int rows) {
    if (weight == 0) {
      return 0;
    }
    return Math.max(0, perRun() + rows * perRow());
  }

  /** The part of a run's cost that its rows share, in nanoseconds. */
  public double perRun() {
    return Math.max(0, (sumNanos - perRow() * sumRows) / Math.max(weight, 1e-9));
  }

  /** What one more row costs, in nanoseconds. */
  public double perRow() {
    double spread = weight * sumRowsRows - sumRows * sumRows;
    if (spread < 1e-6 * weight * sumRowsRows) { // all runs of one size: the rows bear it all
      return sumRows == 0 ? 0 : sumNanos / sumRows;
    }
    double slope = (weight * sumRowsNanos - sumRows * sumNanos) / spread;
    // Neither a row that costs less than nothing nor a run that does: both come from noise.
    double most = sumNanos / sumRows;
    return Math.min(Math.max(0, slope), most);
  }
}
