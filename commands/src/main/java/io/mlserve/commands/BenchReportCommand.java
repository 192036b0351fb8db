package io.mlserve.commands;

import io.mlserve.bench.chart.HtmlReport;
import io.mlserve.bench.result.BenchResult;
import io.mlserve.bench.result.ResultCsv;
import io.mlserve.bench.result.ResultJunit;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mlserve bench report}: shows a saved result again. */
@Command(
    name = "report",
    description = {
      "Show a result that was saved with 'mlserve bench --json FILE'.",
      "",
      "Prints what the run printed. The same file always gives the same bytes."
    },
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:shown, whatever the verdict of the run was",
      "2:the command line is wrong",
      "6:no such file or folder",
      "7:the file is damaged, or not a result",
      "141:standard output was closed"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  mlserve bench report result.json",
      "  mlserve bench report result.json --html result.html --quiet"
    })
public final class BenchReportCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private CommonOptions common;

  @Parameters(paramLabel = "FILE", description = "Saved result; - for standard input.")
  private Path file;

  @Option(names = "--html", paramLabel = "FILE", description = "Write the page with charts.")
  private Optional<Path> html;

  @Option(names = "--csv", paramLabel = "FILE", description = "Write a line for each load.")
  private Optional<Path> csv;

  @Option(names = "--junit", paramLabel = "FILE", description = "Write a JUnit report.")
  private Optional<Path> junit;

  @Override
  public Integer call() throws IOException {
    BenchResult result = BenchFiles.read(file);
    if (html.isPresent()) {
      BenchFiles.write(html.get(), HtmlReport.of(result));
    }
    if (csv.isPresent()) {
      BenchFiles.write(csv.get(), ResultCsv.write(result));
    }
    if (junit.isPresent()) {
      BenchFiles.write(junit.get(), ResultJunit.write(result));
    }
    if (!common.isQuiet()) {
      new BenchText(result).print(spec.commandLine().getOut());
    }
    return ExitStatus.OK;
  }
}
