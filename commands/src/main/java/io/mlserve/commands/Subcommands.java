package io.mlserve.commands;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;

/**
 * The commands below {@code mlserve}. To read the options of all of them takes longer than most
 * commands run, so a command line gets only what it names: the others are there with their names
 * and what the list of commands says about them.
 */
final class Subcommands {
  private static final List<Class<?>> ALL =
      List.of(
          BenchCommand.class,
          MetricsCommand.class,
          MonitorCommand.class,
          PullCommand.class,
          ServeCommand.class,
          UnpackCommand.class,
          VersionCommand.class,
          HelpCommand.class);

  private Subcommands() {}

  /** Adds every command with all its options to {@code program}. */
  static CommandLine addAll(CommandLine program) {
    for (Class<?> command : ALL) {
      program.addSubcommand(command);
    }
    return program;
  }

  /**
   * Adds what a run with {@code arguments} can get to see. Only a command in the first place, or
   * the plain request for help, is known to be one without parsing; anything else adds all.
   */
  static CommandLine addNamed(CommandLine program, String... arguments) {
    String first = arguments.length == 0 ? "--help" : arguments[0];
    boolean helpAlone = arguments.length <= 1 && (first.equals("--help") || first.equals("-h"));
    if (!helpAlone && !isCommand(first)) {
      return addAll(program);
    }
    for (Class<?> command : ALL) {
      Command annotation = command.getAnnotation(Command.class);
      program.addSubcommand(
          annotation.name().equals(first) ? new CommandLine(command) : outline(annotation));
    }
    return program;
  }

  private static boolean isCommand(String word) {
    return !word.equals("help") // it shows any other
        && ALL.stream().anyMatch(c -> c.getAnnotation(Command.class).name().equals(word));
  }

  private static CommandLine outline(Command command) {
    CommandSpec spec = CommandSpec.create().name(command.name());
    spec.usageMessage().header(command.header()).description(command.description());
    return new CommandLine(spec);
  }
}
