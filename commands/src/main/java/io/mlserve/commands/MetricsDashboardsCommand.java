package io.mlserve.commands;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mlserve metrics dashboards}: what Grafana and Prometheus need to show and to alert. */
@Command(
    name = "dashboards",
    description = {
      "Print a dashboard for Grafana, or rules for Prometheus.",
      "",
      "grafana is a dashboard to import; alerts are alerting rules; rules are recording rules for"
          + " big installations, which keep the hourly rate of each version."
    },
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {"0:printed", "2:the command line is wrong", "141:standard output was closed"},
    footerHeading = "%nExamples:%n",
    footer = {
      "  mlserve metrics dashboards grafana > mlserve.json",
      "  mlserve metrics dashboards alerts > /etc/prometheus/mlserve-alerts.yml"
    })
public final class MetricsDashboardsCommand implements Callable<Integer> {
  /** What can be printed. */
  enum Kind {
    GRAFANA("grafana.json"),
    ALERTS("alerts.yml"),
    RULES("rules.yml");

    private final String resource;

    Kind(String resource) {
      this.resource = resource;
    }
  }

  @Spec private CommandSpec spec;

  @Mixin
  @SuppressWarnings("UnusedVariable") // its options are what counts
  private CommonOptions common;

  @Parameters(paramLabel = "KIND", description = "grafana, alerts or rules.")
  private Kind kind;

  @Override
  public Integer call() throws IOException {
    String name = kind.resource.toLowerCase(Locale.ROOT);
    try (InputStream in =
        Objects.requireNonNull(MetricsDashboardsCommand.class.getResourceAsStream(name), name)) {
      PrintWriter out = spec.commandLine().getOut();
      out.print(new String(in.readAllBytes(), StandardCharsets.UTF_8));
      out.flush();
    }
    return ExitStatus.OK;
  }
}
