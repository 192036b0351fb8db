package io.mlserve.commands;

import io.mlserve.bench.AnswerChange;
import io.mlserve.bench.BenchPoint;
import io.mlserve.bench.Extent;
import io.mlserve.bench.LoadListener;
import io.mlserve.bench.Progress;
import io.mlserve.bench.Schedule;
import io.mlserve.bench.result.Campaign;
import io.mlserve.bench.result.Differences;
import io.mlserve.bench.result.PointFindings;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;

/**
 * Tells on stderr how a run goes on: changes of version always, a moving line only on a terminal.
 */
final class BenchProgress implements LoadListener, Campaign.Listener {
  private static final String CLEAR_LINE = "\r\033[K";

  private final PrintWriter err;
  private final Extent extent;
  private final boolean quiet;
  private final boolean moving;
  private String load = "";
  private boolean lineShown;

  BenchProgress(PrintWriter err, Extent extent, boolean quiet) {
    this.err = err;
    this.extent = extent;
    this.quiet = quiet;
    this.moving = !quiet && StandardError.isTerminal();
  }

  @Override
  public synchronized void onChange(AnswerChange change) {
    if (quiet) {
      return;
    }
    clear();
    String now = change.from().isEmpty() ? "answers match" : "answers now match";
    err.printf(Locale.ROOT, "t=%.3fs %s %s%n", change.atNanos() / 1e9, now, change.to());
    err.flush();
  }

  @Override
  public synchronized void onStart(int number, PointFindings.Role role, Schedule schedule) {
    load = Differences.load(schedule);
  }

  @Override
  public synchronized void onEnd(PointFindings.Role role, BenchPoint point, boolean held) {
    if (quiet || (role == PointFindings.Role.LOAD && held)) {
      return;
    }
    clear();
    err.printf(
        Locale.ROOT,
        "%s: %.1f/s, p99 %s ms%s: %s%n",
        load,
        point.ratePerSecond(),
        BenchText.short3(point.latency().at(0.99).nanos() / 1e6),
        role == PointFindings.Role.CONFIRMATION ? ", full run" : "",
        role == PointFindings.Role.LOAD ? "not steady yet" : held ? "holds" : "does not hold");
    err.flush();
  }

  @Override
  public synchronized void onProgress(Duration sinceStart, Progress progress) {
    if (!moving) {
      return;
    }
    boolean warmingUp = sinceStart.compareTo(extent.warmUp()) < 0;
    Duration shown = warmingUp ? sinceStart : sinceStart.minus(extent.warmUp());
    err.printf(
        Locale.ROOT,
        "%s%s %.1f s%s, %d answers, %d failures",
        CLEAR_LINE,
        warmingUp ? "warm-up" : "measuring",
        shown.toMillis() / 1e3,
        warmingUp ? "" : total(),
        progress.ok(),
        progress.failures());
    err.flush();
    lineShown = true;
  }

  /** Leaves the terminal as it was. */
  synchronized void end() {
    clear();
    err.flush();
  }

  private String total() {
    return extent
        .duration()
        .map(duration -> String.format(Locale.ROOT, " of %.1f s", duration.toMillis() / 1e3))
        .orElse("");
  }

  private void clear() {
    if (lineShown) {
      err.print(CLEAR_LINE);
      lineShown = false;
    }
  }
}
