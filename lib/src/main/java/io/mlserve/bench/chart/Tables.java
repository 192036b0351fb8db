package io.mlserve.bench.chart;

import io.mlserve.bench.BenchPoint;
import io.mlserve.bench.EventReport;
import io.mlserve.bench.FailureCount;
import io.mlserve.bench.MatchCount;
import io.mlserve.bench.Percentiles;
import io.mlserve.bench.Window;
import io.mlserve.bench.chart.HtmlReport.Named;
import io.mlserve.bench.chart.PercentileChart.Line;
import io.mlserve.bench.result.Around;
import io.mlserve.bench.result.BaselineFindings;
import io.mlserve.bench.result.BenchResult;
import io.mlserve.bench.result.Differences;
import io.mlserve.bench.verdict.Change;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Everything that the pictures show, as tables. */
final class Tables {
  private final StringBuilder page;
  private final BenchResult result;
  private final BenchPoint shown;

  private Tables(StringBuilder page, BenchResult result, BenchPoint shown) {
    this.page = page;
    this.result = result;
    this.shown = shown;
  }

  static void write(StringBuilder page, BenchResult result, BenchPoint shown) {
    Tables tables = new Tables(page, result, shown);
    page.append("<section class=\"tables\">\n<h2>Figures</h2>\n");
    tables.percentiles();
    tables.events();
    tables.baseline();
    tables.loads();
    tables.errors();
    tables.answers();
    tables.server();
    tables.circumstances();
    tables.seconds();
    page.append("</section>\n");
  }

  private void percentiles() {
    List<String> columns = new ArrayList<>(List.of("ms"));
    shown.latency().figures().forEach(figure -> columns.add(figure.name()));
    columns.addAll(List.of("max", "mean", "min"));
    Table table = new Table("Times. ~ fewer requests than 99 % confidence needs", columns);
    row(table, "latency, from when due", shown.timings().latencyFigures());
    row(table, "service time, from send", shown.timings().serviceFigures());
    row(table, "send lag", shown.timings().sendLagFigures());
    page.append(table.html());
  }

  private static void row(Table table, String name, Percentiles percentiles) {
    List<String> cells = new ArrayList<>(List.of(name));
    for (Percentiles.Figure figure : percentiles.figures()) {
      cells.add(Figures.millis(figure.nanos()) + (figure.isSupported() ? "" : "~"));
    }
    cells.add(Figures.millis(percentiles.maxNanos()));
    cells.add(Figures.millis(percentiles.meanNanos()));
    cells.add(Figures.millis(percentiles.minNanos()));
    table.row(cells);
  }

  private void events() {
    Table table =
        new Table(
            "What was done meanwhile, and the seconds around it",
            List.of(
                "event", "at", "took", "ended with", "p50 around", "p99 around", "max", "errors"));
    for (EventReport event : shown.events()) {
      Optional<Window> around = shown.around(event, Around.BEFORE, Around.AFTER);
      table.row(
          List.of(
              event.name(),
              Figures.three(event.at().toNanos() / 1e9) + " s",
              Figures.time(event.took().toNanos()),
              event.exitStatus().isPresent() ? "status " + event.exitStatus().getAsInt() : "–",
              around.map(w -> Figures.time(Series.percentile(w, 50))).orElse("–"),
              around.map(w -> Figures.time(Series.percentile(w, 99))).orElse("–"),
              around.map(w -> Figures.time(w.latency().getMaxValue())).orElse("–"),
              around.map(w -> Figures.grouped(w.failed())).orElse("–")));
    }
    page.append(table.html());
  }

  private void baseline() {
    if (result.findings().baseline().isEmpty()) {
      return;
    }
    BaselineFindings baseline = result.findings().baseline().get();
    Table table =
        new Table(
            "Against " + baseline.name() + ", with the interval in which the true change lies",
            List.of("figure", "was", "is", "change", "verdict"));
    for (Change change : baseline.comparison().changes()) {
      table.row(
          List.of(
              change.metric().name(),
              value(change, change.base()),
              value(change, change.now()),
              change.text(),
              change.outcome().words()));
    }
    page.append(table.html());
    for (String note : baseline.notes()) {
      page.append("<p class=\"note\">").append(Html.escaped(note)).append("</p>\n");
    }
  }

  private static String value(Change change, double value) {
    return switch (change.metric().kind()) {
      case PERCENTILE, MAX, MEAN -> Figures.time(value);
      case ERRORS -> Figures.percent(value);
      case RATE -> Figures.three(value) + " /s";
    };
  }

  private void loads() {
    if (result.run().points().size() > 1) {
      sideBySide(page, List.of(new Named("", result)));
    }
  }

  /** A row for each load of each result. */
  static void sideBySide(StringBuilder page, List<Named> results) {
    Table table =
        new Table(
            "Loads",
            List.of(
                "load",
                "role",
                "answers/s",
                "p50 ms",
                "p90 ms",
                "p99 ms",
                "max ms",
                "requests",
                "errors"));
    for (Named named : results) {
      List<BenchPoint> points = named.result().run().points();
      for (int i = 0; i < points.size(); i++) {
        BenchPoint point = points.get(i);
        String name = named.name().isEmpty() ? "" : named.name() + ": ";
        table.row(
            List.of(
                name + Differences.load(point.schedule()),
                named.result().findings().points().get(i).role().name().toLowerCase(Locale.ROOT),
                Figures.three(point.ratePerSecond()),
                cell(point.latency(), 0.5),
                cell(point.latency(), 0.9),
                cell(point.latency(), 0.99),
                Figures.millis(point.latency().maxNanos()),
                Figures.grouped(point.measured().sent()),
                Figures.grouped(point.measured().failed())));
      }
    }
    page.append(table.html());
  }

  private static String cell(Percentiles latency, double quantile) {
    Percentiles.Figure figure = latency.at(quantile);
    return Figures.millis(figure.nanos()) + (figure.isSupported() ? "" : "~");
  }

  /** Which line is whose. */
  static void legend(StringBuilder page, List<Line> lines) {
    page.append("<ul class=\"key\">\n");
    for (Line line : lines) {
      page.append("<li><span class=\"swatch ")
          .append(line.style())
          .append("\"></span>")
          .append(Html.escaped(line.name()))
          .append("</li>\n");
    }
    page.append("</ul>\n");
  }

  private void errors() {
    Table table = new Table("Failures", List.of("class", "count", "first at", "first"));
    for (FailureCount failure : shown.measured().failures()) {
      table.row(failure(failure, ""));
    }
    for (FailureCount failure : shown.warmUp().failures()) {
      table.row(failure(failure, " (warm-up)"));
    }
    page.append(table.html());
  }

  private static List<String> failure(FailureCount failure, String note) {
    return List.of(
        failure.label() + note,
        Figures.grouped(failure.count()),
        Figures.three(failure.firstNanos() / 1e9) + " s",
        failure.first().detail());
  }

  private void answers() {
    Table table = new Table("Answers", List.of("matched", "count", "first at", "last at"));
    for (MatchCount match : shown.answers().matches()) {
      boolean none = match.count() == 0;
      table.row(
          List.of(
              match.name(),
              Figures.grouped(match.count()),
              none ? "–" : Figures.three(match.firstAnswerNanos() / 1e9) + " s",
              none ? "–" : Figures.three(match.lastAnswerNanos() / 1e9) + " s"));
    }
    page.append(table.html());
  }

  private void server() {
    if (shown.server().isEmpty()) {
      return;
    }
    Table table = new Table("What the server counted", List.of("counter", "difference"));
    shown
        .server()
        .get()
        .differences()
        .forEach((name, value) -> table.row(List.of(name, Figures.three(value))));
    page.append("<details><summary>Counters of the server</summary>\n")
        .append(table.html())
        .append("</details>\n");
  }

  private void circumstances() {
    Table table = new Table("Circumstances", List.of("what", "value"));
    table.row(
        List.of(
            "load",
            Differences.load(shown.schedule())
                + ", "
                + shown.schedule().connections()
                + " connections"));
    result
        .run()
        .load()
        .scenario()
        .ifPresent(
            name -> table.row(List.of("shaped like", "MLPerf's " + name + ", not a result of it")));
    table.row(List.of("input", result.run().load().input()));
    table.row(
        List.of(
            "warm-up",
            Figures.time(result.run().load().extent().warmUp().toNanos())
                + ", "
                + Figures.grouped(shown.warmUp().sent())
                + " requests"));
    table.row(List.of("seed", String.valueOf(result.run().run().seed())));
    result.run().target().digest().ifPresent(digest -> table.row(List.of("model digest", digest)));
    table.row(
        List.of(
            "machine",
            result.run().run().host().cpu().orElse("unknown processor")
                + ", "
                + result.run().run().host().cores()
                + " cores"));
    table.row(List.of("system", result.run().run().host().os()));
    table.row(List.of("java", result.run().run().host().jvm()));
    table.row(
        List.of(
            "load generator",
            "lag p99 "
                + Figures.time(shown.generator().lagP99Nanos())
                + ", busy "
                + Figures.percent(shown.generator().busy())
                + ", processor "
                + Figures.percent(shown.generatorCores())
                + ", garbage "
                + Figures.time(shown.generator().gc().toNanos())
                + (shown.generator().keptUp() ? ", kept up" : ", TOO SLOW")));
    table.row(List.of("mlserve", result.run().run().toolVersion()));
    result.findings().labels().forEach((key, value) -> table.row(List.of("label " + key, value)));
    page.append(table.html());
  }

  private void seconds() {
    Table table =
        new Table(
            "Second by second",
            List.of("second", "due", "answers/s", "p50 ms", "p99 ms", "max ms", "errors"));
    for (Window window : Series.of(shown, 600)) {
      table.row(
          List.of(
              Figures.three(window.start().toNanos() / 1e9),
              Figures.grouped(window.due()),
              Figures.three(window.ratePerSecond()),
              Figures.millis(Series.percentile(window, 50)),
              Figures.millis(Series.percentile(window, 99)),
              Figures.millis(window.latency().getMaxValue()),
              Figures.grouped(window.failed())));
    }
    page.append("<details><summary>Second by second</summary>\n")
        .append(table.html())
        .append("</details>\n");
  }
}
