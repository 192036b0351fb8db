package io.mlserve.commands;

import io.mlserve.remote.Progress;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/**
 * Shows a transfer on stderr: a line that moves, ten times a second, on a terminal; else a new line
 * every 30 seconds, so that a log says that it goes on.
 */
final class TransferProgress implements Progress, AutoCloseable {
  private static final long MOVING_NANOS = Duration.ofMillis(100).toNanos();
  private static final long STANDING_NANOS = Duration.ofSeconds(30).toNanos();
  private static final long RATE_NANOS = Duration.ofSeconds(1).toNanos();
  private static final double WEIGHT = 0.3; // of the last second in the rate that is shown
  private static final int USUAL_WIDTH = 80;
  private static final String CLEAR_LINE = "\r\033[K";

  /** How to show it. */
  enum Mode {
    NONE,
    STANDING,
    MOVING
  }

  private final PrintWriter err;
  private final String name;
  private final Mode mode;
  private final int width;
  private final LongSupplier nanoClock;

  private boolean started;
  private long shownAt;
  private long ratedAt;
  private long ratedBytes;
  private double rate;
  private boolean lineOpen;

  TransferProgress(PrintWriter err, String name, Mode mode, int width, LongSupplier nanoClock) {
    this.err = err;
    this.name = Printable.line(name);
    this.mode = mode;
    this.width = width;
    this.nanoClock = nanoClock;
  }

  /** As this process's stderr and environment suggest. */
  static TransferProgress on(PrintWriter err, String name, boolean wanted) {
    Mode mode = StandardError.isTerminal() ? Mode.MOVING : Mode.STANDING;
    return new TransferProgress(
        err, name, wanted ? mode : Mode.NONE, width(System.getenv()), System::nanoTime);
  }

  static int width(Map<String, String> environment) {
    String columns = environment.getOrDefault("COLUMNS", "");
    return columns.matches("[1-9][0-9]{0,3}") ? Integer.parseInt(columns) : USUAL_WIDTH;
  }

  @Override
  public void at(long bytes, OptionalLong total) {
    if (mode == Mode.NONE) {
      return;
    }
    long now = nanoClock.getAsLong();
    if (!started || bytes < ratedBytes) { // what an earlier run left is not this run's speed
      started = true;
      shownAt = now;
      ratedAt = now;
      ratedBytes = bytes;
    }
    measure(bytes, now);
    boolean complete = total.isPresent() && bytes >= total.getAsLong();
    if (mode == Mode.MOVING && (now - shownAt >= MOVING_NANOS || complete)) {
      err.print(CLEAR_LINE + new TransferLine(name, bytes, total, rate).text(width - 1));
      err.flush();
      shownAt = now;
      lineOpen = true;
    } else if (mode == Mode.STANDING && now - shownAt >= STANDING_NANOS) {
      err.println(new TransferLine(name, bytes, total, rate).text(width));
      err.flush();
      shownAt = now;
    }
  }

  private void measure(long bytes, long now) {
    long nanos = now - ratedAt;
    if (nanos >= RATE_NANOS) {
      double latest = (double) (bytes - ratedBytes) / ((double) nanos / 1e9);
      rate = rate > 0 ? rate + WEIGHT * (latest - rate) : latest;
      ratedAt = now;
      ratedBytes = bytes;
    }
  }

  /** Ends the moving line. */
  @Override
  public void close() {
    if (lineOpen) {
      err.println();
      err.flush();
      lineOpen = false;
    }
  }
}
