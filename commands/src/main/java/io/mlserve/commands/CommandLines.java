package io.mlserve.commands;

import java.io.PrintWriter;
import java.time.Duration;
import picocli.CommandLine;

/** Builds the picocli command line that the main class, the tests and the generators share. */
public final class CommandLines {
  private CommandLines() {}

  /** A fresh command line that writes data to {@code out} and everything else to {@code err}. */
  public static CommandLine create(PrintWriter out, PrintWriter err) {
    ErrorPrinter errors = new ErrorPrinter();
    return new CommandLine(new MlserveCommand())
        .registerConverter(Duration.class, new Durations.Converter())
        .registerConverter(ByteSize.class, new ByteSize.Converter())
        .setExecutionExceptionHandler(errors)
        .setParameterExceptionHandler(errors)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setUsageHelpAutoWidth(true)
        .setOut(out)
        .setErr(err);
  }
}
