package io.mlserve.commands;

import io.mlserve.metrics.Exposition;
import io.mlserve.metrics.ServerTraffic;
import io.mlserve.metrics.TrafficRate;
import java.io.PrintWriter;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mlserve metrics show}: what a server counts, a row for each version of each model. */
@Command(
    name = "show",
    description = {
      "Show what a running server counts: a row for each version of each model.",
      "",
      "Requests and errors count from the start of the server. The server keeps latencies in"
          + " buckets, so a percentile is shown as the bounds of its bucket: <=5 means above the"
          + " next lower bound and at most 5 ms."
    },
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:shown",
      "2:the command line is wrong",
      "4:the server does not allow it",
      "5:the server cannot be reached, or does not answer in time",
      "6:the server exposes no metrics there",
      "7:what came back are no metrics in Prometheus' text format",
      "8:the answer is too long",
      "141:standard output was closed"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  mlserve metrics show http://127.0.0.1:8501",
      "  mlserve metrics show http://127.0.0.1:8501 --interval 5s",
      "  mlserve metrics show http://127.0.0.1:8501 --json",
      "  mlserve metrics show http://10.0.0.5:9090/monitoring/metrics --raw"
    })
public final class MetricsShowCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private CommonOptions common;

  @Parameters(
      paramLabel = "URL",
      description = "Where the server is; without a path, " + ServerUrl.METRICS + " is meant.")
  private String url;

  @Mixin private WebOptions web;

  @Option(
      names = "--interval",
      paramLabel = "TIME",
      description =
          "Scrape twice, TIME apart, and show what happened in between: requests per second, share"
              + " of errors, percentiles.")
  private Optional<Duration> interval;

  @Option(
      names = "--filter",
      paramLabel = "TEXT",
      description =
          "Show only models in whose name TEXT occurs; with --raw only lines in which it does.")
  private Optional<String> filter;

  @Option(names = "--json", description = "Print all metrics as JSON.")
  private boolean json;

  @Option(names = "--raw", description = "Print what the server sent, as it is.")
  private boolean raw;

  @Override
  public Integer call() throws InterruptedException {
    URI uri = ServerUrl.withPath(spec, url, ServerUrl.METRICS);
    check();
    String text = web.scrape().fetch(uri);
    PrintWriter out = spec.commandLine().getOut();
    if (raw) {
      out.print(filter.map(wanted -> lines(text, wanted)).orElse(text));
      out.flush();
      return ExitStatus.OK;
    }
    Exposition scrape = Exposition.parse(text);
    ServerTraffic traffic = wanted(ServerTraffic.of(scrape));
    if (interval.isPresent()) {
      return showRates(uri, traffic, interval.get());
    }
    if (json) {
      new MetricsJson(uri, Instant.now(), scrape, traffic, List.of()).print(out);
      return ExitStatus.OK;
    }
    new MetricsTable(traffic, Instant.now(), spec.usageMessage().width()).print(out);
    sayIfEmpty(traffic, scrape);
    return ExitStatus.OK;
  }

  private void check() {
    if (raw && json) {
      throw new ParameterException(
          spec.commandLine(), "--raw and --json together (expected: one of them)");
    }
    if (interval.filter(Duration::isZero).isPresent() || (raw && interval.isPresent())) {
      throw new ParameterException(
          spec.commandLine(), "--interval (expected: more than zero, and not with --raw)");
    }
  }

  private int showRates(URI uri, ServerTraffic before, Duration apart) throws InterruptedException {
    long start = System.nanoTime();
    Thread.sleep(apart.toMillis());
    Exposition scrape = Exposition.parse(web.scrape().fetch(uri));
    double seconds = (System.nanoTime() - start) / 1e9;
    ServerTraffic traffic = wanted(ServerTraffic.of(scrape));
    List<TrafficRate> rates = TrafficRate.between(before, traffic, seconds);
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      new MetricsJson(uri, Instant.now(), scrape, traffic, rates).print(out);
      return ExitStatus.OK;
    }
    new RatesTable(rates, Instant.now()).lines(spec.usageMessage().width()).forEach(out::println);
    out.printf("over %s s; latencies in ms%n", Figures.rate(seconds));
    out.flush();
    sayIfEmpty(traffic, scrape);
    return ExitStatus.OK;
  }

  private ServerTraffic wanted(ServerTraffic traffic) {
    return new ServerTraffic(
        traffic.versions().stream()
            .filter(row -> filter.map(row.model()::contains).orElse(true))
            .toList(),
        traffic.inFlight());
  }

  private static String lines(String text, String wanted) {
    return text.lines()
        .filter(line -> line.contains(wanted))
        .map(line -> line + "\n")
        .collect(Collectors.joining());
  }

  private void sayIfEmpty(ServerTraffic traffic, Exposition scrape) {
    if (traffic.versions().isEmpty() && !common.isQuiet()) {
      PrintWriter err = spec.commandLine().getErr();
      err.printf("no models of mlserve among %d metrics%n", scrape.families().size());
      err.println("hint: --raw or --json show the metrics of other servers");
    }
  }
}
