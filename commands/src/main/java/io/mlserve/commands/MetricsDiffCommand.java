package io.mlserve.commands;

import io.mlserve.metrics.Exposition;
import io.mlserve.metrics.ScrapeDiff;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mlserve metrics diff}: what changed between two scrapes. */
@Command(
    name = "diff",
    description = {
      "Show what changed between two scrapes: counters, resets, vanished and new series.",
      "",
      "A and B are files with metrics, servers, or - for standard input. With one server and"
          + " --every, it is scraped again and again, until it is stopped or --count is reached;"
          + " counters are then shown per second."
    },
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:compared",
      "2:the command line is wrong",
      "4:a server does not allow it",
      "5:a server cannot be reached, or does not answer in time",
      "6:no such file, or no metrics there",
      "7:these are no metrics in Prometheus' text format",
      "8:the answer is too long",
      "130:stopped by SIGINT"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  mlserve metrics diff before.txt http://127.0.0.1:8501",
      "  mlserve metrics diff http://127.0.0.1:8501 --every 5s --filter requests_total"
    })
public final class MetricsDiffCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private CommonOptions common;
  @Mixin private WebOptions web;

  @Parameters(index = "0", paramLabel = "A", description = "The earlier scrape.")
  private String first;

  @Parameters(index = "1", arity = "0..1", paramLabel = "B", description = "The later scrape.")
  private Optional<String> second;

  @Option(
      names = "--every",
      paramLabel = "TIME",
      description = "Scrape A every TIME, and compare each scrape with the one before.")
  private Optional<Duration> every;

  @Option(
      names = "--count",
      paramLabel = "N",
      description = "With --every: stop after N comparisons.")
  private Optional<Integer> count;

  @Option(
      names = "--filter",
      paramLabel = "TEXT",
      description = "Show only series in which TEXT occurs.")
  private Optional<String> filter;

  @Override
  public Integer call() throws InterruptedException {
    if (second.isPresent() == every.isPresent()) {
      throw new ParameterException(
          spec.commandLine(), "one scrape (expected: B, or --every for a server)");
    }
    if (every.isPresent()) {
      return repeat(every.get());
    }
    Exposition before = read(first);
    print(ScrapeDiff.between(before, read(second.get())), Optional.empty());
    return ExitStatus.OK;
  }

  private int repeat(Duration interval) throws InterruptedException {
    if (!ServerUrl.isUrl(first) || interval.isZero()) {
      throw new ParameterException(
          spec.commandLine(), "--every (expected: a server, and more than zero)");
    }
    Exposition before = read(first);
    long since = System.nanoTime();
    for (int done = 0; done < count.orElse(Integer.MAX_VALUE); done++) {
      Thread.sleep(interval.toMillis());
      Exposition after = read(first);
      long now = System.nanoTime();
      if (!common.isQuiet() && done > 0) {
        spec.commandLine().getOut().println();
      }
      print(ScrapeDiff.between(before, after), Optional.of((now - since) / 1e9));
      before = after;
      since = now;
    }
    return ExitStatus.OK;
  }

  private Exposition read(String input) {
    return Exposition.parse(MetricsInput.read(spec, input, web.scrape()).text());
  }

  private void print(ScrapeDiff diff, Optional<Double> seconds) {
    PrintWriter out = spec.commandLine().getOut();
    if (diff.restarted()) {
      out.println("another process answered: its counters began again at zero");
    }
    for (ScrapeDiff.Change change : diff.changes()) {
      String series = Printable.line(change.series().text());
      if (isWanted(series)) {
        out.println(series + "  " + text(change, seconds));
      }
    }
    for (ScrapeDiff.Series series : diff.vanished()) {
      one(out, series, "vanished");
    }
    for (ScrapeDiff.Series series : diff.appeared()) {
      one(out, series, "new");
    }
    out.flush();
  }

  private static String text(ScrapeDiff.Change change, Optional<Double> seconds) {
    String values = number(change.before()) + " -> " + number(change.after());
    if (change.isReset()) {
      return values + "  reset";
    }
    String by = (change.by() >= 0 ? "+" : "") + number(change.by());
    return values
        + "  "
        + by
        + (change.counter()
            ? seconds.map(s -> "  " + Figures.rate(change.by() / s) + "/s").orElse("")
            : "");
  }

  private void one(PrintWriter out, ScrapeDiff.Series series, String what) {
    String text = Printable.line(series.text());
    if (isWanted(text)) {
      out.println(text + "  " + what);
    }
  }

  private boolean isWanted(String series) {
    return filter.map(series::contains).orElse(true);
  }

  private static String number(double value) {
    return Figures.count(value);
  }
}
