package io.mlserve.commands;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code mlserve metrics}: holds the commands that read what a server counts. */
@Command(
    name = "metrics",
    description = {
      "Look at what running servers count, and find out which versions may be retired."
    },
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      MetricsShowCommand.class,
      MetricsTopCommand.class,
      MetricsReportCommand.class,
      MetricsRetireCommand.class,
      MetricsRecordCommand.class,
      MetricsDiffCommand.class,
      MetricsLintCommand.class,
      MetricsPushCommand.class,
      MetricsDashboardsCommand.class
    },
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {"0:done", "2:bad command line or settings; the commands list theirs"},
    footerHeading = "%nExamples:%n",
    footer = {
      "  mlserve metrics show http://127.0.0.1:8501",
      "  mlserve metrics top http://127.0.0.1:8501",
      "  mlserve metrics report --servers http://127.0.0.1:8502"
    })
public final class MetricsCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin
  @SuppressWarnings("UnusedVariable") // its options are what counts
  private CommonOptions common;

  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getErr());
    return ExitStatus.USAGE;
  }
}
