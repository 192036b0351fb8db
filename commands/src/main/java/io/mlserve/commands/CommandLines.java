package io.mlserve.commands;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.UsageMessageSpec;

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
    } catch (OutputFailedException e) { // while printing help, or what was left in a buffer
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
    settings.install(line);
    return line.setExecutionExceptionHandler(errors)
        .setParameterExceptionHandler(errors)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF))
        .setUsageHelpWidth(width(surroundings.environment()))
        .setHelpSectionKeys(examplesFirst(line.getHelpSectionKeys()))
        .setOut(out)
        .setErr(err);
  }

  private static CommandLine withConverters(CommandLine line) {
    return line.registerConverter(Duration.class, new Durations.Converter())
        .registerConverter(ByteSize.class, new ByteSize.Converter());
  }

  // The launcher sets COLUMNS when help goes to a terminal.
  private static int width(Map<String, String> environment) {
    String columns = environment.getOrDefault("COLUMNS", "");
    return columns.matches("[1-9][0-9]{0,3}")
        ? Math.max(60, Math.min(100, Integer.parseInt(columns)))
        : 80;
  }

  // What most readers look for comes before the list of options.
  private static List<String> examplesFirst(List<String> order) {
    List<String> keys = new ArrayList<>(order);
    List<String> examples =
        List.of(UsageMessageSpec.SECTION_KEY_FOOTER_HEADING, UsageMessageSpec.SECTION_KEY_FOOTER);
    keys.removeAll(examples);
    keys.addAll(keys.indexOf(UsageMessageSpec.SECTION_KEY_DESCRIPTION) + 1, examples);
    return keys;
  }
}
