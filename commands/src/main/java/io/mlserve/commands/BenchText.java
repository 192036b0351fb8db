package io.mlserve.commands;

import io.mlserve.bench.BenchPoint;
import io.mlserve.bench.BenchRun;
import io.mlserve.bench.Counts;
import io.mlserve.bench.EventReport;
import io.mlserve.bench.FailureCount;
import io.mlserve.bench.GeneratorHealth;
import io.mlserve.bench.LoadFacts;
import io.mlserve.bench.MatchCount;
import io.mlserve.bench.Percentiles;
import io.mlserve.bench.Schedule;
import io.mlserve.bench.ServerView;
import io.mlserve.bench.TargetFacts;
import io.mlserve.bench.Window;
import io.mlserve.bench.result.Around;
import io.mlserve.bench.result.BenchResult;
import io.mlserve.bench.result.Differences;
import io.mlserve.bench.result.Findings;
import io.mlserve.bench.result.PointFindings;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A result for people: at most 60 columns wide except where names and messages of others are
 * longer, one unit a row, and a last line that scripts can search for.
 */
final class BenchText {
  private final BenchResult result;
  private final BenchRun run;
  private final Findings findings;

  BenchText(BenchResult result) {
    this.result = result;
    this.run = result.run();
    this.findings = result.findings();
  }

  void print(PrintWriter out) {
    List<BenchPoint> points = run.points();
    header(out);
    if (points.size() > 1) {
      loads(out);
    }
    if (!points.isEmpty()) {
      BenchPoint last = points.get(points.size() - 1);
      load(out, last);
      latency(out, last);
      generator(out, last);
      server(out, last);
      events(out, last);
      answers(out, last);
      failures(out, "errors", last.measured());
      failures(out, "in warm-up", last.warmUp());
      new BenchVerdicts(result).print(out);
      notes(out, last);
      result(out, last);
    }
    out.flush();
  }

  private void header(PrintWriter out) {
    TargetFacts target = run.target();
    line(
        out,
        "mlserve bench  %s%s",
        target.model(),
        target.version().map(version -> " v" + version).orElse(""));
    line(out, "target     %s (%s)", target.url(), target.api());
    LoadFacts load = run.load();
    line(
        out,
        "input      %s, %d %s%s",
        load.input(),
        load.inputs(),
        load.inputs() == 1 ? "body" : "bodies",
        load.input().equals("random") ? ", seed " + run.run().seed() : "");
  }

  private void loads(PrintWriter out) {
    line(out, "loads                     rate     p50     p99  errors");
    for (int i = 0; i < run.points().size(); i++) {
      BenchPoint point = run.points().get(i);
      PointFindings concluded = findings.points().get(i);
      line(
          out,
          "           %-11s %7s %7s %7s%s %6d",
          Differences.load(point.schedule())
              .replace("poisson ", "")
              .replace(" in flight", " at once"),
          short3(point.ratePerSecond()),
          millis(point.latency().at(0.5).nanos()),
          millis(point.latency().at(0.99).nanos()),
          point.latency().at(0.99).isSupported() ? " " : "~",
          point.measured().failed());
      if (concluded.role() == PointFindings.Role.CONFIRMATION) {
        line(out, "           ^ confirmed by this fresh, full run");
      }
    }
  }

  private void load(PrintWriter out, BenchPoint point) {
    Counts measured = point.measured();
    line(out, "load       %s", inWords(point.schedule()));
    run.load()
        .scenario()
        .ifPresent(
            name -> line(out, "           shaped like MLPerf's %s, not a result of it", name));
    line(
        out,
        "           %s s after %s s warm-up of %d requests",
        seconds(point.elapsed().toNanos()),
        seconds(point.measuredFrom().toNanos()),
        point.warmUp().sent());
    line(
        out,
        "           %d sent, %d ok, %d failed, %s/s",
        measured.sent(),
        measured.ok(),
        measured.failed(),
        short3(point.ratePerSecond()));
    if (measured.abandoned() > 0) {
      line(out, "           %d under way when it was interrupted", measured.abandoned());
    }
  }

  private static String inWords(Schedule schedule) {
    if (schedule instanceof Schedule.Closed closed) {
      return "closed loop, %d at once, %d %s"
          .formatted(
              closed.concurrency(),
              closed.connections(),
              closed.connections() == 1 ? "connection" : "connections");
    }
    return "open loop, " + Differences.load(schedule);
  }

  private void latency(PrintWriter out, BenchPoint point) {
    Percentiles latency = point.latency();
    StringBuilder names = new StringBuilder("ms         ");
    for (Percentiles.Figure figure : latency.figures()) {
      names.append(String.format(Locale.ROOT, "%7s ", figure.name()));
    }
    line(out, "%s", names.append(String.format(Locale.ROOT, "%7s", "max")));
    boolean open = point.schedule() instanceof Schedule.Open;
    row(out, "latency", latency);
    if (open) {
      row(out, "service", point.timings().serviceFigures());
      row(out, "send lag", point.timings().sendLagFigures());
      line(out, "           latency counts from when a request was due,");
      line(out, "           service time from when it was sent");
    } else if (latency.count() > 0) {
      line(
          out,
          "           mean %s, min %s; from send to last byte",
          millis(latency.meanNanos()),
          millis((double) latency.minNanos()));
    }
    String unsupported =
        latency.figures().stream()
            .filter(figure -> !figure.isSupported())
            .map(figure -> figure.name() + " " + figure.requestsNeeded())
            .collect(Collectors.joining(", "));
    if (!unsupported.isEmpty()) {
      line(out, "           ~ too few requests for 99 %% confidence; needed:");
      line(out, "             %s", unsupported);
    }
  }

  private static void row(PrintWriter out, String name, Percentiles percentiles) {
    StringBuilder figures = new StringBuilder(String.format(Locale.ROOT, "%-11s", name));
    boolean none = percentiles.count() == 0;
    for (Percentiles.Figure figure : percentiles.figures()) {
      figures.append(
          String.format(
              Locale.ROOT,
              "%7s%s",
              none ? "-" : millis(figure.nanos()),
              figure.isSupported() ? " " : "~"));
    }
    figures.append(String.format(Locale.ROOT, "%7s", none ? "-" : millis(percentiles.maxNanos())));
    line(out, "%s", figures);
  }

  private void generator(PrintWriter out, BenchPoint point) {
    GeneratorHealth generator = point.generator();
    String judgement =
        !generator.isMeasured()
            ? "run too short to tell"
            : generator.keptUp() ? "kept up" : "TOO SLOW";
    line(out, "generator  %s", judgement);
    line(
        out,
        "           lag p50 %s ms, p99 %s ms",
        millis(generator.lagP50Nanos()),
        millis(generator.lagP99Nanos()));
    line(
        out,
        "           cpu %.0f %%, gc %s ms",
        100 * point.generatorCores(),
        millis(generator.gc().toNanos()));
  }

  private static void server(PrintWriter out, BenchPoint point) {
    if (point.server().isEmpty()) {
      return;
    }
    ServerView server = point.server().get();
    if (server.problem().isPresent()) {
      line(out, "server     not read: %s", Printable.line(server.problem().get()));
      return;
    }
    StringBuilder text = new StringBuilder();
    server
        .queue()
        .ifPresent(t -> text.append("queue ").append(millis(t.toNanos())).append(" ms  "));
    server
        .compute()
        .ifPresent(t -> text.append("compute ").append(millis(t.toNanos())).append(" ms  "));
    server
        .meanBatch()
        .ifPresent(b -> text.append(String.format(Locale.ROOT, "mean batch %.1f  ", b)));
    server
        .cpuCores()
        .ifPresent(c -> text.append(String.format(Locale.ROOT, "cpu %.0f %%", 100 * c)));
    line(out, "server     %s", text);
    if (server.disagrees()) {
      line(
          out,
          "           counted %d requests, %d were sent",
          server.requests().orElse(0),
          server.sent());
    }
  }

  private static void events(PrintWriter out, BenchPoint point) {
    for (EventReport event : point.events()) {
      line(out, "event      %s", Printable.line(event.name()));
      line(
          out,
          "           at %s s, took %s s, %s",
          seconds(event.at().toNanos()),
          seconds(event.took().toNanos()),
          event.exitStatus().isPresent()
              ? "exit status " + event.exitStatus().getAsInt()
              : "still running at the end");
      Optional<Window> around = point.around(event, Around.BEFORE, Around.AFTER);
      if (around.isPresent() && around.get().latency().getTotalCount() > 0) {
        Window window = around.get();
        line(
            out,
            "           around it: p50 %s ms, p99 %s ms, max %s ms,",
            millis(window.latency().getValueAtPercentile(50)),
            millis(window.latency().getValueAtPercentile(99)),
            millis(window.latency().getMaxValue()));
        line(out, "           %d errors in %d requests", window.failed(), window.due());
      }
    }
  }

  private static void answers(PrintWriter out, BenchPoint point) {
    if (point.answers().matches().isEmpty()) {
      return;
    }
    line(out, "answers       count     first      last");
    for (MatchCount match : point.answers().matches()) {
      boolean none = match.count() == 0;
      line(
          out,
          "           %8d %7s s %7s s  %s",
          match.count(),
          none ? "-" : seconds(match.firstAnswerNanos()),
          none ? "-" : seconds(match.lastAnswerNanos()),
          match.name());
    }
  }

  private static void failures(PrintWriter out, String label, Counts counts) {
    String start = label;
    for (FailureCount failure : counts.failures()) {
      line(
          out,
          "%-10s %d %s, first at %s s:",
          start,
          failure.count(),
          failure.label(),
          seconds(failure.firstNanos()));
      line(out, "             %s", Printable.line(failure.first().detail()));
      start = "";
    }
  }

  private void notes(PrintWriter out, BenchPoint point) {
    String start = "note";
    for (String reason : findings.reasons()) {
      if (!reason.startsWith("SLO ") && !reason.startsWith("baseline ")) {
        line(out, "%-10s %s", start, reason);
        start = "";
      }
    }
    if (point.schedule() instanceof Schedule.Closed) {
      line(out, "%-10s a closed loop asks a stalled server less:", start);
      line(out, "           percentiles understate a stall, max does not");
    }
  }

  private void result(PrintWriter out, BenchPoint point) {
    Percentiles latency = point.latency();
    line(
        out,
        "RESULT %s rate=%.1f requests=%d errors=%d wrong=%d p50_ms=%.3f p99_ms=%.3f max_ms=%.3f%s",
        findings.outcome().word(),
        point.ratePerSecond(),
        point.measured().sent(),
        point.measured().failed() + point.warmUp().failed(),
        point.measured().failed("wrong-answer") + point.warmUp().failed("wrong-answer"),
        latency.at(0.5).nanos() / 1e6,
        latency.at(0.99).nanos() / 1e6,
        latency.maxNanos() / 1e6,
        findings
            .max()
            .flatMap(max -> max.rate().stream().boxed().findFirst())
            .map(rate -> String.format(Locale.ROOT, " max_rate=%.1f", rate))
            .orElse(""));
  }

  static void line(PrintWriter out, String format, Object... values) {
    out.println(String.format(Locale.ROOT, format, values).stripTrailing());
  }

  private static String seconds(long nanos) {
    return String.format(Locale.ROOT, "%.3f", nanos / 1e9);
  }

  private static String millis(long nanos) {
    return millis((double) nanos);
  }

  private static String millis(double nanos) {
    return short3(nanos / 1e6);
  }

  // at least three digits that count, at most seven characters up to 9,999,999
  static String short3(double value) {
    if (value >= 1000) {
      return String.format(Locale.ROOT, "%.0f", value);
    }
    return String.format(Locale.ROOT, value >= 100 ? "%.1f" : value >= 10 ? "%.2f" : "%.3f", value);
  }
}
