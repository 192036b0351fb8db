package io.mlserve.commands;

import io.mlserve.bench.BenchPoint;
import io.mlserve.bench.Counts;
import io.mlserve.bench.FailureCount;
import io.mlserve.bench.GeneratorHealth;
import io.mlserve.bench.MatchCount;
import io.mlserve.bench.Percentiles;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * A report for people: at most 60 columns wide except where names and messages of others are
 * longer, one unit a row, and a last line that scripts can search for.
 */
final class BenchText {
  private final BenchContext context;
  private final BenchPoint report;

  BenchText(BenchContext context, BenchPoint report) {
    this.context = context;
    this.report = report;
  }

  void print(PrintWriter out) {
    header(out);
    load(out);
    latency(out);
    generator(out);
    answers(out);
    failures(out, "errors", report.measured());
    failures(out, "in warm-up", report.warmUp());
    notes(out);
    result(out);
    out.flush();
  }

  private void header(PrintWriter out) {
    line(
        out,
        "mlserve bench  %s%s",
        context.target().model(),
        context.served().version().map(version -> " v" + version).orElse(""));
    line(out, "target     %s (%s)", context.target().base(), BenchContext.API);
    line(
        out,
        "input      %s, %d %s%s",
        context.input(),
        context.plan().inputs().size(),
        context.plan().inputs().size() == 1 ? "body" : "bodies",
        context.isRandom() ? ", seed " + context.seed() : "");
  }

  private void load(PrintWriter out) {
    Counts measured = report.measured();
    int connections = context.plan().schedule().connections();
    line(
        out,
        "load       closed loop, %d %s, %s s",
        connections,
        connections == 1 ? "connection" : "connections",
        seconds(report.elapsed().toNanos()));
    line(
        out,
        "           after %s s warm-up with %d requests",
        seconds(context.plan().extent().warmUp().toNanos()),
        report.warmUp().sent());
    line(
        out,
        "           %d sent, %d ok, %d failed, %s/s",
        measured.sent(),
        measured.ok(),
        measured.failed(),
        short3(report.ratePerSecond()));
    if (measured.abandoned() > 0) {
      line(out, "           %d under way when it was interrupted", measured.abandoned());
    }
  }

  private void latency(PrintWriter out) {
    Percentiles latency = report.latency();
    StringBuilder names = new StringBuilder("           ");
    StringBuilder figures = new StringBuilder("latency ms ");
    for (Percentiles.Figure figure : latency.figures()) {
      names.append(String.format(Locale.ROOT, "%7s ", figure.name()));
      figures.append(
          String.format(
              Locale.ROOT,
              "%7s%s",
              latency.count() == 0 ? "-" : millis(figure.nanos()),
              figure.isSupported() ? " " : "~"));
    }
    names.append(String.format(Locale.ROOT, "%7s", "max"));
    figures.append(
        String.format(Locale.ROOT, "%7s", latency.count() == 0 ? "-" : millis(latency.maxNanos())));
    line(out, "%s", names);
    line(out, "%s", figures);
    if (latency.count() > 0) {
      line(
          out,
          "           mean %s, min %s; from send to last byte",
          millis(latency.meanNanos()),
          millis(latency.minNanos()));
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

  private void generator(PrintWriter out) {
    GeneratorHealth generator = report.generator();
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
  }

  private void answers(PrintWriter out) {
    if (report.answers().matches().isEmpty()) {
      return;
    }
    line(out, "answers       count     first      last");
    for (MatchCount match : report.answers().matches()) {
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

  private void notes(PrintWriter out) {
    String start = "note";
    for (String reason : report.reasons()) {
      line(out, "%-10s %s", start, reason);
      start = "";
    }
    line(out, "%-10s a closed loop asks a stalled server less:", start);
    line(out, "           percentiles understate a stall, max does not");
  }

  private void result(PrintWriter out) {
    Percentiles latency = report.latency();
    line(
        out,
        "RESULT %s rate=%.1f requests=%d errors=%d wrong=%d p50_ms=%.3f p99_ms=%.3f max_ms=%.3f",
        report.outcome().name().toLowerCase(Locale.ROOT),
        report.ratePerSecond(),
        report.measured().sent(),
        report.measured().failed() + report.warmUp().failed(),
        report.measured().failed("wrong-answer") + report.warmUp().failed("wrong-answer"),
        latency.at(0.5).nanos() / 1e6,
        latency.at(0.99).nanos() / 1e6,
        latency.maxNanos() / 1e6);
  }

  private static void line(PrintWriter out, String format, Object... values) {
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
  private static String short3(double value) {
    if (value >= 1000) {
      return String.format(Locale.ROOT, "%.0f", value);
    }
    return String.format(Locale.ROOT, value >= 100 ? "%.1f" : value >= 10 ? "%.2f" : "%.3f", value);
  }
}
