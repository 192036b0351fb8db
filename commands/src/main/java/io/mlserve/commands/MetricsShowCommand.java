package io.mlserve.commands;

import io.mlserve.metrics.Exposition;
import io.mlserve.metrics.Scrape;
import io.mlserve.metrics.ServerTraffic;
import java.io.PrintWriter;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.Callable;
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
      "  mlserve metrics show http://127.0.0.1:8501 --json",
      "  mlserve metrics show http://10.0.0.5:9090/monitoring/metrics --raw"
    })
public final class MetricsShowCommand implements Callable<Integer> {
  private static final String DEFAULT_PATH = "/metrics";

  @Spec private CommandSpec spec;

  @Mixin private CommonOptions common;

  @Parameters(
      paramLabel = "URL",
      description = "Where the server is; without a path, " + DEFAULT_PATH + " is meant.")
  private String url;

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      defaultValue = "5s",
      description = "Longest time for the whole answer (default: 5s).")
  private Duration timeout;

  @Option(
      names = "--max-size",
      paramLabel = "SIZE",
      defaultValue = "64MiB",
      description = "Longest answer to accept (default: 64MiB).")
  private ByteSize maxSize;

  @Option(names = "--json", description = "Print all metrics as JSON.")
  private boolean json;

  @Option(names = "--raw", description = "Print what the server sent, as it is.")
  private boolean raw;

  @Override
  public Integer call() {
    URI uri = uri();
    if (timeout.isZero()) {
      throw new ParameterException(spec.commandLine(), "--timeout: '0' (expected: more than zero)");
    }
    if (raw && json) {
      throw new ParameterException(
          spec.commandLine(), "--raw and --json together (expected: one of them)");
    }
    String text = new Scrape(timeout, maxSize.bytes()).fetch(uri);
    PrintWriter out = spec.commandLine().getOut();
    if (raw) {
      out.print(text);
      out.flush();
      return ExitStatus.OK;
    }
    Exposition scrape = Exposition.parse(text);
    ServerTraffic traffic = ServerTraffic.of(scrape);
    if (json) {
      new MetricsJson(uri, Instant.now(), scrape, traffic).print(out);
      return ExitStatus.OK;
    }
    new MetricsTable(traffic, Instant.now(), spec.usageMessage().width()).print(out);
    if (traffic.versions().isEmpty() && !common.isQuiet()) {
      PrintWriter err = spec.commandLine().getErr();
      err.printf("no models of mlserve among %d metrics%n", scrape.families().size());
      err.println("hint: --raw or --json show the metrics of other servers");
    }
    return ExitStatus.OK;
  }

  private URI uri() {
    try {
      URI uri = new URI(url);
      String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
      boolean web = scheme.equals("http") || scheme.equals("https");
      if (web && uri.getHost() != null && uri.getRawUserInfo() == null) {
        String path = uri.getRawPath();
        return path.isEmpty() || path.equals("/") ? uri.resolve(DEFAULT_PATH) : uri;
      }
    } catch (URISyntaxException e) {
      // falls through to the same message
    }
    // the address is not repeated: it may hold a password
    throw new ParameterException(
        spec.commandLine(), "URL (expected: http://HOST:PORT, without a user)");
  }
}
