package io.mlserve.commands;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.mlserve.metrics.Exposition;
import io.mlserve.metrics.Lint;
import io.mlserve.metrics.WebClient;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mlserve metrics lint}: whether metrics are as Prometheus wants them. */
@Command(
    name = "lint",
    description = {
      "Check metrics by the rules of Prometheus' promlint, and for too many series.",
      "",
      "Of a server the content type is checked, too: Prometheus 3 refuses answers without one."
    },
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:nothing is wrong",
      "2:the command line is wrong",
      "4:the server does not allow it",
      "5:the server cannot be reached, or does not answer in time",
      "6:no such file, or no metrics there",
      "7:these are no metrics in Prometheus' text format",
      "8:the answer is too long",
      "10:something is wrong"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  mlserve metrics lint http://127.0.0.1:8501",
      "  curl -s http://10.0.0.5:9100/metrics | mlserve metrics lint"
    })
public final class MetricsLintCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private CommonOptions common;
  @Mixin private WebOptions web;

  @Parameters(
      arity = "0..1",
      paramLabel = "URL|FILE|-",
      defaultValue = MetricsInput.STANDARD_INPUT,
      description = "A server, a file, or - for standard input, which is the default.")
  private String input;

  @Option(
      names = "--max-series",
      paramLabel = "N",
      defaultValue = "1000",
      description =
          "Report a metric of more series than N; a histogram's buckets are one (default: 1000).")
  private int maxSeries;

  @Option(names = "--json", description = "Print the findings as JSON.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    if (maxSeries < 1) {
      throw new ParameterException(
          spec.commandLine(), "--max-series: " + maxSeries + " (expected: 1 or more)");
    }
    WebClient.Answer answer = MetricsInput.read(spec, input, web.scrape());
    List<Lint.Finding> findings = new ArrayList<>();
    if (ServerUrl.isUrl(input)) {
      findings.addAll(Lint.checkContentType(answer.contentType()));
    }
    Exposition scrape = Exposition.parse(answer.text());
    findings.addAll(new Lint(maxSeries).check(scrape));
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(json(findings));
    } else {
      findings.forEach(
          each ->
              out.println(Printable.line(each.metric()) + ": " + Printable.line(each.problem())));
    }
    if (!common.isQuiet()) {
      spec.commandLine()
          .getErr()
          .printf("%d metrics, %d findings%n", scrape.families().size(), findings.size());
    }
    return findings.isEmpty() ? ExitStatus.OK : ExitStatus.CHECK_SAID_NO;
  }

  private static String json(List<Lint.Finding> findings) throws IOException {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(text).useDefaultPrettyPrinter()) {
      json.writeStartArray();
      for (Lint.Finding each : findings) {
        json.writeStartObject();
        json.writeStringField("metric", each.metric());
        json.writeStringField("problem", each.problem());
        json.writeEndObject();
      }
      json.writeEndArray();
    }
    return text.toString();
  }
}
