package io.mlserve.bench;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.HdrHistogram.Histogram;

/** Adds up what the lanes of a run saw. */
final class PointSum {
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final List<Recorder> recorders;
  private final List<Lane> lanes;
  private final LoadPlan plan;
  private final Duration measuredFrom;

  PointSum(List<Lane> lanes, LoadPlan plan, Lane.Shared shared) {
    this.lanes = lanes;
    this.recorders = lanes.stream().map(Lane::recorder).toList();
    this.plan = plan;
    this.measuredFrom = Duration.ofNanos(shared.sinceStart(shared.tickets().measureFrom()));
  }

  BenchPoint point(
      Instant startedAt,
      AnswerLog answers,
      GeneratorHealth health,
      List<EventReport> events,
      Optional<ServerProbe> server,
      boolean interrupted) {
    Counts warmUp = Counts.NONE;
    Counts measured = Counts.NONE;
    Histogram latency = new Histogram(3);
    Histogram service = new Histogram(3);
    Histogram sendLag = new Histogram(3);
    long last = 0;
    for (Recorder recorder : recorders) {
      warmUp = warmUp.plus(recorder.warmUp());
      measured = measured.plus(recorder.measured());
      latency.add(recorder.latency());
      service.add(recorder.service());
      sendLag.add(recorder.sendLag());
      last = Math.max(last, recorder.lastMeasured());
    }
    Duration elapsed = Duration.ofNanos(Math.max(0, last - measuredFrom.toNanos()));
    long sent = reached(warmUp) + reached(measured);
    return new BenchPoint(
        plan.schedule(),
        startedAt,
        measuredFrom,
        elapsed,
        warmUp,
        measured,
        new Timings(latency, service, sendLag),
        windows(elapsed),
        events,
        new BenchPoint.Answers(matches(), answers.changes()),
        health,
        lanes.stream().mapToLong(Lane::reconnects).sum(),
        server.map(probe -> probe.end(sent)),
        interrupted);
  }

  // those that were given up before they were sent cannot have been counted by the server
  private static long reached(Counts counts) {
    return counts.sent() - counts.failed("overload") - counts.failed("connect");
  }

  private List<MatchCount> matches() {
    List<MatchCount> matches =
        new ArrayList<>(
            plan.expected().any().stream().map(e -> MatchCount.none(e.name())).toList());
    for (Recorder recorder : recorders) {
      for (int i = 0; i < matches.size(); i++) {
        matches.set(i, matches.get(i).plus(recorder.matches().get(i)));
      }
    }
    return matches;
  }

  private List<Window> windows(Duration elapsed) {
    int seconds = recorders.stream().mapToInt(Recorder::seconds).max().orElse(0);
    List<Window> windows = new ArrayList<>();
    for (int i = 0; i < seconds; i++) {
      Duration start = measuredFrom.plusSeconds(i);
      Duration rest = elapsed.minusSeconds(i);
      Duration length = rest.compareTo(SECOND) < 0 ? rest : SECOND;
      windows.add(window(i, start, length.isNegative() ? Duration.ZERO : length));
    }
    return windows;
  }

  private Window window(int index, Duration start, Duration length) {
    List<Window> parts =
        recorders.stream().map(recorder -> recorder.window(index, start, length)).toList();
    return parts.size() == 1 ? parts.get(0) : Window.sum(parts);
  }
}
