package io.mlserve.bench.chart;

import io.mlserve.bench.BenchPoint;
import io.mlserve.bench.Percentiles;
import io.mlserve.bench.TargetFacts;
import io.mlserve.bench.result.BaselineFindings;
import io.mlserve.bench.result.BenchResult;
import io.mlserve.bench.result.Differences;
import io.mlserve.bench.result.MaxFindings;
import io.mlserve.bench.verdict.Change;
import io.mlserve.bench.verdict.SloVerdict;
import io.mlserve.bench.verdict.Verdict;
import java.util.Locale;

/** The top of the page: what it came to, in a few numbers and sentences. */
final class Summary {
  private static final double FAR_APART = 1.5;

  private final StringBuilder page;
  private final BenchResult result;
  private final BenchPoint shown;

  private Summary(StringBuilder page, BenchResult result) {
    this.page = page;
    this.result = result;
    this.shown = HtmlReport.shown(result);
  }

  static void write(StringBuilder page, BenchResult result) {
    Summary summary = new Summary(page, result);
    summary.header();
    summary.numbers();
    summary.honesty();
    summary.verdicts();
  }

  static String title(BenchResult result) {
    TargetFacts target = result.run().target();
    String model = target.model().isEmpty() ? target.url() : target.model();
    return model + target.version().map(version -> " v" + version).orElse("") + " – mlserve bench";
  }

  private void header() {
    TargetFacts target = result.run().target();
    String outcome = result.findings().outcome().word();
    page.append("<header>\n<p class=\"tool\">mlserve bench</p>\n<h1>")
        .append(Html.escaped(target.model().isEmpty() ? target.url() : target.model()))
        .append(target.version().map(v -> " <small>v" + Html.escaped(v) + "</small>").orElse(""))
        .append(" <span class=\"badge ")
        .append(outcome)
        .append("\">")
        .append(outcome.toUpperCase(Locale.ROOT))
        .append("</span></h1>\n<p class=\"what\">")
        .append(Html.escaped(target.url() + " · " + target.api()))
        .append(" · ")
        .append(Html.escaped(Differences.load(shown.schedule())))
        .append(" · ")
        .append(Figures.three(shown.elapsed().toNanos() / 1e9))
        .append(" s · ")
        .append(Html.escaped(result.run().run().startedAt().toString().replaceAll("\\.\\d+", "")))
        .append("</p>\n</header>\n");
  }

  private void numbers() {
    Percentiles latency = shown.latency();
    page.append("<dl class=\"numbers\">\n");
    number("answers a second", Figures.three(shown.ratePerSecond()), "");
    number("p50", Figures.millis(latency.at(0.5).nanos()), "ms" + mark(latency.at(0.5)));
    number("p99", Figures.millis(latency.at(0.99).nanos()), "ms" + mark(latency.at(0.99)));
    number("max", Figures.millis(latency.maxNanos()), "ms");
    number("requests", Figures.grouped(shown.measured().sent()), "");
    number("errors", Figures.grouped(shown.measured().failed()), "");
    page.append("</dl>\n");
  }

  private static String mark(Percentiles.Figure figure) {
    return figure.isSupported() ? "" : " ~";
  }

  private void number(String name, String value, String unit) {
    page.append("<div><dt>")
        .append(name)
        .append("</dt><dd>")
        .append(value)
        .append(unit.isEmpty() ? "" : " <small>" + unit + "</small>")
        .append("</dd></div>\n");
  }

  // The one sentence for which latency is counted from when requests were due.
  private void honesty() {
    double waited = shown.timings().latency().getValueAtPercentile(99);
    double served = shown.timings().service().getValueAtPercentile(99);
    double ours = 2.0 * shown.generator().lagP99Nanos(); // how late this machine was by itself
    if (shown.timings().latency().getTotalCount() > 0
        && waited > FAR_APART * served
        && waited - served > ours) {
      page.append("<p class=\"finding\">One client in a hundred waited <b>")
          .append(Figures.time(waited))
          .append("</b> or more. Counted from the sending, as most tools do, it looks like ")
          .append(Figures.time(served))
          .append(": requests were held up before they could be sent.</p>\n");
    }
    if (!shown.generator().keptUp()) {
      page.append(
          "<p class=\"finding bad\">The load generator could not keep up: these figures may be its"
              + " own.</p>\n");
    }
  }

  private void verdicts() {
    page.append("<ul class=\"verdicts\">\n");
    for (SloVerdict slo :
        result.findings().points().get(result.findings().points().size() - 1).slo()) {
      verdict(slo.verdict(), slo.slo().text(), slo.basis());
    }
    result.findings().max().ifPresent(this::max);
    result.findings().baseline().ifPresent(this::baseline);
    for (String reason : result.findings().reasons()) {
      boolean saidAbove = reason.startsWith("SLO ") || reason.startsWith("baseline ");
      if (!saidAbove && !reason.startsWith("the load generator ")) {
        item("note", "note", reason, "");
      }
    }
    page.append("</ul>\n");
  }

  private void max(MaxFindings max) {
    if (max.rate().isPresent()) {
      item(
          "pass",
          "FOUND",
          "highest rate " + Figures.three(max.rate().getAsDouble()) + "/s",
          "confirmed by a second, full run; " + max.runs() + " runs");
    } else {
      item("fail", "NOT FOUND", "highest rate", max.problem().orElse(""));
    }
  }

  private void baseline(BaselineFindings baseline) {
    for (BaselineFindings.Limit limit : baseline.limits()) {
      verdict(limit.verdict(), limit.limit().text(), "against " + baseline.name());
    }
    Change.Outcome outcome = baseline.comparison().outcome();
    item(
        outcome == Change.Outcome.WORSE
            ? "fail"
            : outcome == Change.Outcome.BETTER ? "pass" : "note",
        outcome.words(),
        (outcome == Change.Outcome.NO_DIFFERENCE ? "from " : "than ") + baseline.name(),
        "by bootstrap over " + baseline.comparison().windows() + " windows");
  }

  private void verdict(Verdict verdict, String what, String basis) {
    String style =
        switch (verdict) {
          case PASS -> "pass";
          case NOT_ENOUGH -> "unstable";
          case FAIL -> "fail";
        };
    item(style, verdict.words(), what, basis);
  }

  private void item(String style, String word, String what, String basis) {
    page.append("<li><span class=\"badge small ")
        .append(style)
        .append("\">")
        .append(Html.escaped(word))
        .append("</span> <b>")
        .append(Html.escaped(what))
        .append("</b> <span class=\"basis\">")
        .append(Html.escaped(basis))
        .append("</span></li>\n");
  }
}
