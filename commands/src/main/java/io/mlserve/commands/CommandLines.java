package io.mlserve.commands;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** Builds the picocli command line that the main class, the tests and the generators share. */
public final class CommandLines {
  private CommandLines() {}

  /**
   * The whole command line, writing data to {@code out} and everything else to {@code err}. Knows
   * no settings but its arguments.
   */
  public static CommandLine create(PrintWriter out, PrintWriter err) {
    return create(whole(), CommandLines::wholeSpec, Surroundings.NONE).setOut(out).setErr(err);
  }

  /**
   * Runs what a user typed, with the settings of the environment and of the settings files, and
   * returns the exit status. Builds no more of the command line than {@code arguments} ask for.
   */
  public static int run(PrintWriter out, PrintWriter err, LogSetup logs, String... arguments) {
    if (Version.isAllOf(arguments)) {
      return printVersion(out, err);
    }
    Surroundings machine = new Surroundings(System.getenv(), Settings.SYSTEM_FILE, logs);
    CommandLine named = Subcommands.addNamed(new CommandLine(new MlserveCommand()), arguments);
    CommandLine line = create(named, CommandLines::wholeSpec, machine);
    return run(line.setOut(out).setErr(err), arguments);
  }

  // Needs no command line, which takes longer to build than all the rest.
  private static int printVersion(PrintWriter out, PrintWriter err) {
    try {
      out.println(Version.line());
      out.flush();
      return ExitStatus.OK;
    } catch (OutputFailedException e) {
      return ErrorPrinter.outputFailed(e, create(out, err));
    }
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

  /**
   * Gives {@code line} its converters, settings, messages and looks.
   *
   * @param whole all commands with all options, if {@code line} has outlines among its own
   */
  static CommandLine create(
      CommandLine line, Supplier<CommandSpec> whole, Surroundings surroundings) {
    ErrorPrinter errors = new ErrorPrinter();
    withConverters(line);
    HelpLayout.apply(line, surroundings.environment());
    new SettingsStrategy(surroundings, CommandLines::withConverters, whole).install(line);
    return line.setExecutionExceptionHandler(errors)
        .setParameterExceptionHandler(errors)
        .setCaseInsensitiveEnumValuesAllowed(true);
  }

  private static CommandLine whole() {
    return Subcommands.addAll(new CommandLine(new MlserveCommand()));
  }

  private static CommandSpec wholeSpec() {
    return whole().getCommandSpec();
  }

  private static CommandLine withConverters(CommandLine line) {
    return line.registerConverter(Duration.class, new Durations.Converter())
        .registerConverter(ByteSize.class, new ByteSize.Converter());
  }
}
