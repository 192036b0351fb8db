package io.mlserve.commands;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code mlserve version}: what to put into a bug report. */
@Command(
    name = "version",
    description = "Show the versions of mlserve, of Java and of what it is built on.",
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {"0:shown", "2:bad command line or settings"},
    footerHeading = "%nExamples:%n",
    footer = {"  mlserve version", "  mlserve version --json"})
public final class VersionCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin
  @SuppressWarnings("UnusedVariable") // its options are what counts
  private CommonOptions common;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    Map<String, String> parts = Version.details();
    if (json) {
      JsonGenerator generator = new JsonFactory().createGenerator(out);
      generator.writeStartObject();
      for (Map.Entry<String, String> part : parts.entrySet()) {
        generator.writeStringField(part.getKey(), part.getValue());
      }
      generator.writeEndObject();
      generator.flush();
      out.println();
    } else {
      parts.forEach((name, version) -> out.printf("%-12s %s%n", name, version));
    }
    return ExitStatus.OK;
  }
}
