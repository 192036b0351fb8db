package io.mlserve.commands;

import io.mlserve.error.MlserveException;
import io.mlserve.metrics.Exposition;
import io.mlserve.metrics.ServerTraffic;
import io.mlserve.metrics.TrafficRate;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mlserve metrics top}: what a server does, as it does it. */
@Command(
    name = "top",
    description = {
      "Watch what a server does: requests per second, errors and latency of each version.",
      "",
      "Keys: r, e, p, i, l and n sort by rate, errors, p99, requests in flight, last request and"
          + " name; / filters by the model's name, Esc shows all again; j and k scroll; q ends. Where"
          + " output is no terminal, one picture is printed. Latencies are bounds of buckets, in ms."
    },
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:ended by q, or printed",
      "2:the command line is wrong",
      "4:the server does not allow it",
      "5:the server cannot be reached, or does not answer in time",
      "6:the server exposes no metrics there",
      "7:what came back are no metrics in Prometheus' text format",
      "8:the answer is too long",
      "130:stopped by SIGINT",
      "143:stopped by SIGTERM"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  mlserve metrics top http://127.0.0.1:8501",
      "  mlserve metrics top http://127.0.0.1:8501 --interval 500ms --sort p99"
    })
public final class MetricsTopCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin
  @SuppressWarnings("UnusedVariable") // its options are what counts
  private CommonOptions common;

  @Mixin private WebOptions web;

  @Parameters(
      paramLabel = "URL",
      description = "Where the server is; without a path, " + ServerUrl.METRICS + " is meant.")
  private String url;

  @Option(
      names = "--interval",
      paramLabel = "TIME",
      defaultValue = "2s",
      description = "How often to look (default: 2s).")
  private Duration interval;

  @Option(
      names = "--sort",
      paramLabel = "KEY",
      defaultValue = "name",
      description = "Order at first: name, rate, errors, p99, in_flight or last (default: name).")
  private TopView.Sort sort;

  @Option(
      names = "--filter",
      paramLabel = "TEXT",
      defaultValue = "",
      description = "Show at first only models in whose name TEXT occurs.")
  private String filter;

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (interval.toMillis() < 1) {
      throw new ParameterException(
          spec.commandLine(), "--interval: (expected: a millisecond or more)");
    }
    URI uri = ServerUrl.withPath(spec, url, ServerUrl.METRICS);
    TopView view = new TopView(uri.toString(), sort, filter);
    Look first = look(uri); // whatever is wrong is told before the screen is taken
    if (TopTerminal.isThere()) {
      return new TopTerminal(view, interval, () -> look(uri)).run(first);
    }
    Thread.sleep(interval.toMillis());
    Look second = look(uri);
    second.show(view, first);
    PrintWriter out = spec.commandLine().getOut();
    view.draw(spec.usageMessage().width(), 0, Instant.now())
        .forEach(line -> out.println(line.text()));
    out.flush();
    return ExitStatus.OK;
  }

  private Look look(URI uri) {
    String text = web.scrape().fetch(uri);
    return new Look(System.nanoTime(), ServerTraffic.of(Exposition.parse(text)));
  }

  /** One scrape. */
  record Look(long nanos, ServerTraffic traffic) {
    /** Shows what happened since an earlier one. */
    void show(TopView view, Look before) {
      double seconds = Math.max(1, nanos - before.nanos) / 1e9;
      view.update(TrafficRate.between(before.traffic, traffic, seconds), traffic);
    }
  }

  /** Looks, or fails as {@link MlserveException}. */
  @FunctionalInterface
  interface Looker {
    Look look();
  }
}
