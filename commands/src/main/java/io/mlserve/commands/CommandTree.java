package io.mlserve.commands;

import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** All commands of a program, for what must look at each: settings, completion, man pages. */
public final class CommandTree {
  private CommandTree() {}

  /** {@code root} and everything below it, a command before its subcommands. */
  public static Stream<CommandSpec> of(CommandSpec root) {
    return Stream.concat(
        Stream.of(root),
        root.subcommands().values().stream()
            .distinct()
            .map(CommandLine::getCommandSpec)
            .flatMap(CommandTree::of));
  }
}
