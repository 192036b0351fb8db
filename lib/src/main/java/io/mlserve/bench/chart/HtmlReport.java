package io.mlserve.bench.chart;

import io.mlserve.bench.BenchPoint;
import io.mlserve.bench.chart.PercentileChart.Line;
import io.mlserve.bench.result.BenchResult;
import io.mlserve.bench.result.Differences;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/** One result as a page of its own, or several on one page. */
public final class HtmlReport {
  private static final int WIDE = 860;
  private static final int NARROW = 350;
  private static final int MOST_LINES = 5;

  private HtmlReport() {}

  /** A result and what to call it where there are several. */
  public record Named(String name, BenchResult result) {}

  /** The page about one result. */
  public static String of(BenchResult result) {
    StringBuilder page = new StringBuilder();
    Summary.write(page, result);
    BenchPoint shown = shown(result);
    figure(
        page,
        "Over time",
        timeNote(shown),
        style -> TimelineChart.draw(shown, width(style), name(style)));
    figure(
        page,
        "Percentiles",
        "Each step to the right has ten times fewer requests above it. Dashed: fewer requests than"
            + " 99 % confidence needs.",
        style -> PercentileChart.draw(lines(result, shown), width(style), name(style)));
    figure(
        page,
        "Rate and latency",
        "One dot for each load, in the order of the load. Hollow: failures, or an objective missed.",
        style -> RateChart.draw(result, width(style), name(style)));
    figure(
        page,
        "Heat map",
        "How the latencies of each second spread: the darker, the larger their share.",
        style -> HeatMap.draw(shown, width(style), name(style)));
    Tables.write(page, result, shown);
    return page(Summary.title(result), page);
  }

  /** One page about several results, to be laid side by side. */
  public static String of(List<Named> results) {
    if (results.size() == 1) {
      return of(results.get(0).result());
    }
    StringBuilder page = new StringBuilder();
    page.append("<header><p class=\"tool\">mlserve bench</p><h1>")
        .append(results.size())
        .append(" results</h1></header>\n");
    List<Line> lines = new ArrayList<>();
    for (Named named : results) {
      lines.add(
          new Line(
              "c" + lines.size() % MOST_LINES,
              named.name(),
              shown(named.result()).timings().latency()));
    }
    figure(
        page,
        "Percentiles",
        "Latency from when each request was due. Dashed: fewer requests than 99 % confidence needs.",
        style -> PercentileChart.draw(lines, width(style), name(style)));
    Tables.legend(page, lines);
    Tables.sideBySide(page, results);
    for (Named named : results) {
      page.append("<h2 class=\"result\">").append(Html.escaped(named.name())).append("</h2>\n");
      BenchPoint shown = shown(named.result());
      figure(page, "Over time", "", s -> TimelineChart.draw(shown, width(s), name(s)));
      figure(page, "Rate and latency", "", s -> RateChart.draw(named.result(), width(s), name(s)));
    }
    return page(results.size() + " results of mlserve bench", page);
  }

  /** The point that the pictures are about: the last one, which is what was asked for. */
  static BenchPoint shown(BenchResult result) {
    List<BenchPoint> points = result.run().points();
    if (points.isEmpty()) {
      throw new IllegalArgumentException("a result without points");
    }
    return points.get(points.size() - 1);
  }

  private static List<Line> lines(BenchResult result, BenchPoint shown) {
    List<Line> lines = new ArrayList<>();
    result
        .findings()
        .baseline()
        .ifPresent(b -> lines.add(new Line("base", "baseline " + b.name(), b.latency())));
    lines.add(new Line("service", "service time (from send)", shown.timings().service()));
    lines.add(new Line("latency", "latency (from when due)", shown.timings().latency()));
    return lines;
  }

  private static String timeNote(BenchPoint shown) {
    String load = Differences.load(shown.schedule());
    String events =
        shown.events().isEmpty()
            ? ""
            : " The shaded bars are what was done to the server meanwhile.";
    return "Second by second at "
        + load
        + "; a request belongs to the second in which it was due."
        + events;
  }

  private static void figure(
      StringBuilder page, String title, String note, IntFunction<String> draw) {
    String wide = draw.apply(0);
    if (wide.isEmpty()) {
      return;
    }
    page.append("<figure>\n<figcaption><h2>").append(title).append("</h2>");
    if (!note.isEmpty()) {
      page.append("<p>").append(Html.escaped(note)).append("</p>");
    }
    page.append("</figcaption>\n").append(wide).append(draw.apply(1)).append("</figure>\n");
  }

  private static int width(int style) {
    return style == 0 ? WIDE : NARROW;
  }

  private static String name(int style) {
    return style == 0 ? "wide" : "narrow";
  }

  private static String page(String title, StringBuilder body) {
    return """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>%s</title>
        <style>
        %s</style>
        </head>
        <body>
        <main>
        %s</main>
        </body>
        </html>
        """
        .formatted(Html.escaped(title), style(), body);
  }

  private static String style() {
    try (InputStream css = HtmlReport.class.getResourceAsStream("report.css")) {
      if (css == null) {
        throw new IllegalStateException("report.css is not on the class path");
      }
      return new String(css.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
