package io.mlserve.commands;

import io.mlserve.bench.chart.HtmlReport;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mlserve bench plot}: saved results on one page. */
@Command(
    name = "plot",
    description = {"Draw saved results on one page and print it: HTML that needs nothing else."},
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:drawn",
      "2:the command line is wrong",
      "6:no such file",
      "7:a file is damaged, or not a result",
      "141:standard output was closed"
    },
    footerHeading = "%nExamples:%n",
    footer = {"  mlserve bench plot before.json after.json > both.html"})
public final class BenchPlotCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin
  @SuppressWarnings("UnusedVariable") // its options are what counts
  private CommonOptions common;

  @Parameters(arity = "1..*", paramLabel = "FILE", description = "Saved results.")
  private List<Path> files = new ArrayList<>();

  @Override
  public Integer call() throws IOException {
    List<HtmlReport.Named> results = new ArrayList<>();
    for (Path file : files) {
      results.add(new HtmlReport.Named(String.valueOf(file.getFileName()), BenchFiles.read(file)));
    }
    PrintWriter out = spec.commandLine().getOut();
    out.print(HtmlReport.of(results));
    out.flush();
    return ExitStatus.OK;
  }
}
