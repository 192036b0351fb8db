package io.mlserve.bench;

import java.time.Duration;
import java.util.List;
import org.HdrHistogram.AbstractHistogram;
import org.HdrHistogram.Histogram;

/**
 * One second of the measured part of a run. A request belongs to the second in which it was due, so
 * that a stall shows where it happened and not where it ended; only {@link #answered} goes by the
 * time of the answer.
 *
 * @param start counted from the start of the run, warm-up included
 * @param length one second, less for the last window
 * @param due requests that were due in it
 * @param ok those of them that got the right answer
 * @param failed those of them that failed
 * @param answered right answers that arrived in it, whenever their requests were due
 * @param latency of those that got the right answer, in nanoseconds; not to be changed
 */
public record Window(
    Duration start,
    Duration length,
    long due,
    long ok,
    long failed,
    long answered,
    AbstractHistogram latency) {
  /** When it ends, counted from the start of the run. */
  public Duration end() {
    return start.plus(length);
  }

  /** Right answers a second; 0 for an empty window. */
  public double ratePerSecond() {
    return length.isZero() ? 0 : answered * 1e9 / length.toNanos();
  }

  /** All windows as one. At least one; they follow each other. */
  public static Window sum(List<Window> windows) {
    Histogram latency = new Histogram(3);
    long due = 0;
    long ok = 0;
    long failed = 0;
    long answered = 0;
    for (Window window : windows) {
      latency.add(window.latency);
      due += window.due;
      ok += window.ok;
      failed += window.failed;
      answered += window.answered;
    }
    Window first = windows.get(0);
    Duration length = windows.get(windows.size() - 1).end().minus(first.start);
    return new Window(first.start, length, due, ok, failed, answered, latency);
  }
}
