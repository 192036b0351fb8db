package io.mlserve.commands;

import io.mlserve.bench.AnswerChange;
import io.mlserve.bench.BenchPoint;
import io.mlserve.bench.EventReport;
import io.mlserve.bench.Extent;
import io.mlserve.bench.LoadListener;
import io.mlserve.bench.Progress;
import io.mlserve.bench.Schedule;
import io.mlserve.bench.Snapshot;
import io.mlserve.bench.result.Campaign;
import io.mlserve.bench.result.Differences;
import io.mlserve.bench.result.PointFindings;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * Tells on stderr how a run goes on: changes of version, events and the steps of a search always, a
 * live view only on a terminal that can show it.
 */
final class BenchProgress implements LoadListener, Campaign.Listener, AutoCloseable {
  private static final String CLEAR_LINE = "\r\033[K";

  private final PrintWriter err;
  private final String title;
  private final Steps steps;
  private final boolean quiet;
  private final boolean moving;
  private final Optional<LiveScreen> screen;
  private final LiveFrame frame;
  private String load = "";
  private String step = "";
  private Extent extent;
  private boolean lineShown;

  /**
   * What is to be measured.
   *
   * @param extent of each load
   * @param loads how many one after the other
   * @param isSearch whether nobody knows how many
   */
  record Steps(Extent extent, int loads, boolean isSearch) {}

  private BenchProgress(
      PrintWriter err, String title, Steps steps, boolean quiet, Optional<LiveScreen> screen) {
    this.err = err;
    this.title = title;
    this.steps = steps;
    this.extent = steps.extent();
    this.quiet = quiet;
    this.screen = screen;
    this.moving = !quiet && screen.isEmpty() && StandardError.isTerminal();
    String noColour = System.getenv("NO_COLOR");
    this.frame = new LiveFrame(noColour == null || noColour.isEmpty());
  }

  /**
   * Begins to show something; to be closed whatever happens.
   *
   * @param title what is measured
   * @param quiet whether nothing is to be said at all
   * @param live whether a view of several lines is wanted
   */
  static BenchProgress open(
      PrintWriter err, String title, Steps steps, boolean quiet, boolean live) {
    return new BenchProgress(
        err, title, steps, quiet, live && !quiet ? LiveScreen.open(err) : Optional.empty());
  }

  @Override
  public synchronized void onChange(AnswerChange change) {
    String now = change.from().isEmpty() ? "answers match" : "answers now match";
    say("t=%.3fs %s %s", change.atNanos() / 1e9, now, change.to());
  }

  @Override
  public synchronized void onEvent(EventReport event) {
    double at = event.at().toNanos() / 1e9;
    String name = Printable.line(event.name());
    if (event.exitStatus().isEmpty()) {
      say("t=%.3fs %s", at, name);
    } else {
      double end = at + event.took().toNanos() / 1e9;
      say("t=%.3fs ended with status %d: %s", end, event.exitStatus().getAsInt(), name);
    }
  }

  @Override
  public synchronized void onStart(
      int number, PointFindings.Role role, Schedule schedule, Extent length) {
    load = Differences.load(schedule);
    extent = length;
    step =
        switch (role) {
          case PROBE -> "probe " + number + ", ";
          case CONFIRMATION -> "run " + number + ", to confirm, ";
          case LOAD -> steps.loads > 1 ? "load " + number + " of " + steps.loads + ", " : "";
        };
    frame.clear();
  }

  @Override
  public synchronized void onEnd(PointFindings.Role role, BenchPoint point, boolean held) {
    if (role == PointFindings.Role.LOAD && held && steps.loads == 1) {
      return;
    }
    say(
        "%s%s: %.1f/s, p99 %s ms%s%s%s",
        step,
        load,
        point.ratePerSecond(),
        BenchText.short3(point.latency().at(0.99).nanos() / 1e6),
        point.measured().failed() > 0 ? ", " + point.measured().failed() + " failed" : "",
        judgement(role, held),
        point.generator().keptUp() ? "" : ", the load generator could not keep up");
  }

  private static String judgement(PointFindings.Role role, boolean held) {
    if (role == PointFindings.Role.LOAD) {
      return held ? "" : ": not steady yet";
    }
    return held ? ": holds" : ": does not hold";
  }

  @Override
  public synchronized void onSnapshot(Snapshot snapshot) {
    frame.add(snapshot);
  }

  @Override
  public synchronized void onProgress(Duration sinceStart, Progress progress) {
    boolean warmingUp = sinceStart.compareTo(extent.warmUp()) < 0;
    Duration shown = warmingUp ? sinceStart : sinceStart.minus(extent.warmUp());
    String phase =
        String.format(
            Locale.ROOT,
            "%s %.1f s%s",
            warmingUp ? "warm-up" : "measuring",
            shown.toMillis() / 1e3,
            warmingUp ? "" : total());
    if (screen.isPresent()) {
      double share =
          extent
              .duration()
              .map(d -> warmingUp ? 0 : (double) shown.toNanos() / d.toNanos())
              .orElse(0.0);
      screen
          .get()
          .draw(
              frame.lines(
                  new LiveFrame.Head(title, step + load, phase, share), screen.get().width() - 1));
    } else if (moving) {
      err.printf(
          Locale.ROOT,
          "%s%s%s%s, %d answers, %d failures",
          CLEAR_LINE,
          step,
          steps.isSearch || steps.loads > 1 ? load + ": " : "",
          phase,
          progress.ok(),
          progress.failures());
      err.flush();
      lineShown = true;
    }
  }

  /** Takes away what moves. The terminal is as it was. */
  @Override
  public synchronized void close() {
    clear();
    screen.ifPresent(LiveScreen::close);
    err.flush();
  }

  private void say(String format, Object... values) {
    if (quiet) {
      return;
    }
    clear();
    screen.ifPresent(LiveScreen::erase);
    err.println(String.format(Locale.ROOT, format, values));
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
