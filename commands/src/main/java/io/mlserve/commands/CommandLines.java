package io.mlserve.commands;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import picocli.CommandLine;

/** Builds the picocli command line that the main class, the tests and the generators share. */
public final class CommandLines {
  private CommandLines() {}

  /**
   * A fresh command line that writes data to {@code out} and everything else to {@code err}, and
   * knows no settings but its arguments.
   */
  public static CommandLine create(PrintWriter out, PrintWriter err) {
    return create(new MlserveCommand(), out, err, Surroundings.NONE);
  }

  /** As a user has it: with the settings of {@code environment} and of the settings files. */
  public static CommandLine create(
      PrintWriter out, PrintWriter err, Map<String, String> environment, LogSetup logs) {
    Surroundings machine = new Surroundings(environment, Settings.SYSTEM_FILE, logs);
    return create(new MlserveCommand(), out, err, machine);
  }

  /** Runs a command line to its exit status, with all that it printed written out. */
  public static int run(CommandLine line, String... arguments) {
    try {
      int status = line.execute(arguments);
      line.getOut().flush();
      line.getErr().flush();
      return status;
    } catch (OutputFailedException e) { // what was left in a buffer
      return ErrorPrinter.outputFailed(e, line);
    }
  }

  /** What a command line takes from outside its arguments. */
  record Surroundings(Map<String, String> environment, Path systemSettings, LogSetup logs) {
    static final Surroundings NONE =
        new Surroundings(Map.of(), Path.of("/nonexistent"), LogSetup.NONE);
  }

  static CommandLine create(
      Object program, PrintWriter out, PrintWriter err, Surroundings surroundings) {
    ErrorPrinter errors = new ErrorPrinter();
    SettingsStrategy settings = new SettingsStrategy(surroundings, CommandLines::withConverters);
    CommandLine line = withConverters(new CommandLine(program));
    HelpLayout.apply(line, surroundings.environment());
    settings.install(line);
    return line.setExecutionExceptionHandler(errors)
        .setParameterExceptionHandler(errors)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setOut(out)
        .setErr(err);
  }

  private static CommandLine withConverters(CommandLine line) {
    return line.registerConverter(Duration.class, new Durations.Converter())
        .registerConverter(ByteSize.class, new ByteSize.Converter());
  }
}
