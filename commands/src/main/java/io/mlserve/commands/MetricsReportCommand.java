package io.mlserve.commands;

import io.mlserve.metrics.PrometheusClient;
import io.mlserve.metrics.ScrapeLog;
import io.mlserve.usage.PrometheusQueries;
import io.mlserve.usage.PrometheusUsage;
import io.mlserve.usage.RecordedUsage;
import io.mlserve.usage.ServerUsage;
import io.mlserve.usage.UsageReport;
import io.mlserve.usage.UsageRule;
import io.mlserve.usage.UsageSource;
import io.mlserve.usage.Verdict;
import io.mlserve.usage.Window;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mlserve metrics report}: which versions are still asked for. */
@Command(
    name = "report",
    aliases = "usage",
    description = {
      "Say for each version who still asks for it, and whether it may be retired.",
      "",
      "PEAK is the highest average over an hour in the window, in requests per second. A version is"
          + " SAFE when nobody asked for it in all of the window, no label stands for it, another"
          + " version can answer, and that is known of every server; IN USE when any of that is not"
          + " so; otherwise UNKNOWN. A server that does not answer, or less data than --min-coverage,"
          + " makes no version safe. Prometheus and recorded scrapes do not know of labels."
    },
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:each version that is listed is safe to retire",
      "2:the command line is wrong",
      "4:the source does not allow it",
      "5:Prometheus cannot be reached, or does not answer in time; a name cannot be looked up",
      "6:no such file or address",
      "7:what came back cannot be read",
      "8:the answer is too long",
      "10:a version is in use",
      "12:of a version too little is known, or there is none"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  mlserve metrics report --servers http://10.0.0.5:8502,http://10.0.0.6:8502",
      "  mlserve metrics report uci_housing 3 --prometheus http://prometheus:9090",
      "  mlserve metrics report --from scrapes.jsonl --window 7d --json"
    })
public final class MetricsReportCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private CommonOptions common;
  @Mixin private WebOptions web;
  @Mixin private UsageOptions usage;
  @Mixin private FleetOptions fleet;

  @Parameters(index = "0", arity = "0..1", paramLabel = "MODEL", description = "This model only.")
  private Optional<String> model;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "VERSION",
      description = "This version of it only.")
  private Optional<String> version;

  @Option(
      names = "--prometheus",
      paramLabel = "URL",
      description = "Ask the Prometheus server that scrapes all servers.")
  private Optional<String> prometheus;

  @Option(
      names = "--selector",
      paramLabel = "MATCHERS",
      defaultValue = "job=\"mlserve\"",
      description =
          "Which targets of Prometheus are meant, as matchers of labels (default: job=\"mlserve\").")
  private String selector;

  @Option(
      names = "--from",
      paramLabel = "FILE",
      description = "Read what 'metrics record' wrote; may be repeated.")
  private List<Path> files = List.of();

  @Option(
      names = "--step",
      paramLabel = "TIME",
      defaultValue = "5m",
      description = "How far apart the hours begin among which PEAK is the highest (default: 5m).")
  private Duration step;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description = "Show the token in FILE to Prometheus or to the servers.")
  private Optional<Path> tokenFile;

  @Option(names = "--json", description = "Print the report as JSON.")
  private boolean json;

  @Override
  public Integer call() {
    if (step.toSeconds() < 1) {
      throw new ParameterException(spec.commandLine(), "--step: (expected: 1s or more)");
    }
    UsageRule rule = usage.rule();
    Window window = usage.window(Instant.now());
    UsageReport report =
        rule.judge(source().survey(window), window)
            .only(
                each ->
                    model.map(each.model()::equals).orElse(true)
                        && version.map(each.version()::equals).orElse(true));
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      UsageJson.print(out, report);
    } else {
      new UsageTable(report, spec.usageMessage().width()).print(out);
    }
    PrintWriter err = spec.commandLine().getErr();
    if (!common.isQuiet()) {
      report.doubts().forEach(doubt -> err.println("warning: " + Printable.line(doubt)));
      if (report.rows().isEmpty()) {
        err.println(
            "nothing is known of "
                + Printable.line(
                    model.map(name -> name + version.map(v -> " " + v).orElse("")).orElse("models"))
                + ": that says nothing about its traffic");
      }
    }
    return status(report.outcome());
  }

  static int status(Verdict.Kind outcome) {
    return switch (outcome) {
      case SAFE -> ExitStatus.OK;
      case IN_USE -> ExitStatus.CHECK_SAID_NO;
      case UNKNOWN -> ExitStatus.INCONCLUSIVE;
    };
  }

  private UsageSource source() {
    Optional<String> authorization = tokenFile.map(Secrets::bearer);
    List<UsageSource> sources = new ArrayList<>();
    if (prometheus.isPresent()) {
      if (usage.length().compareTo(Duration.ofHours(1)) < 0) {
        throw new ParameterException(
            spec.commandLine(), "--window: with --prometheus (expected: 1h or more)");
      }
      sources.add(
          new PrometheusUsage(
              new PrometheusClient(
                  ServerUrl.parse(spec, prometheus.get()), web.client(authorization)),
              new PrometheusQueries(selector, step)));
    }
    if (fleet.isGiven()) {
      sources.add(new ServerUsage(fleet.uris(), web.client(authorization), step));
    }
    if (!files.isEmpty()) {
      sources.add(new RecordedUsage(files.stream().map(ScrapeLog::new).toList(), step));
    }
    if (sources.size() != 1) {
      throw new ParameterException(
          spec.commandLine(),
          (sources.isEmpty() ? "no source of numbers" : "several sources of numbers")
              + " (expected: one of --prometheus, --servers, --discover and --from)");
    }
    return sources.get(0);
  }
}
