package io.mlserve.commands;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/** The look of {@code --help}, the same for every command: what most readers seek comes first. */
final class HelpLayout {
  private HelpLayout() {}

  static void apply(CommandLine program, Map<String, String> environment) {
    CommandTree.of(program.getCommandSpec()).forEach(HelpLayout::apply);
    program
        .setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF))
        .setUsageHelpWidth(width(environment))
        .setHelpSectionKeys(examplesFirst(program.getHelpSectionKeys()));
  }

  private static void apply(CommandSpec command) {
    UsageMessageSpec usage = command.usageMessage();
    usage.optionListHeading("%nOptions:%n").commandListHeading("%nCommands:%n");
    usage.customSynopsis(synopsis(command));
    if (!command.positionalParameters().isEmpty()) {
      usage.parameterListHeading("%nArguments:%n");
    }
  }

  /** The options that must be there and the arguments; the others are listed below anyway. */
  static String synopsis(CommandSpec command) {
    Stream<String> required =
        command.options().stream()
            .filter(option -> option.group() == null && option.required())
            .map(option -> option.longestName() + "=" + option.paramLabel());
    Stream<String> arguments =
        command.positionalParameters().stream()
            .filter(argument -> !argument.hidden())
            .map(
                argument -> {
                  String name = argument.paramLabel() + (argument.isMultiValue() ? "..." : "");
                  return argument.required() ? name : "[" + name + "]";
                });
    Stream<String> subcommand =
        command.subcommands().isEmpty()
            ? Stream.empty()
            : Stream.of(command.usageMessage().synopsisSubcommandLabel());
    return Stream.of(
            Stream.of(command.qualifiedName(), "[OPTIONS]"), required, arguments, subcommand)
        .flatMap(words -> words)
        .collect(Collectors.joining(" "));
  }

  // The launcher sets COLUMNS when help goes to a terminal.
  private static int width(Map<String, String> environment) {
    String columns = environment.getOrDefault("COLUMNS", "");
    return columns.matches("[1-9][0-9]{0,3}")
        ? Math.max(60, Math.min(100, Integer.parseInt(columns)))
        : 80;
  }

  private static List<String> examplesFirst(List<String> order) {
    List<String> keys = new ArrayList<>(order);
    List<String> first =
        List.of(
            UsageMessageSpec.SECTION_KEY_FOOTER_HEADING,
            UsageMessageSpec.SECTION_KEY_FOOTER,
            UsageMessageSpec.SECTION_KEY_COMMAND_LIST_HEADING,
            UsageMessageSpec.SECTION_KEY_COMMAND_LIST);
    keys.removeAll(first);
    keys.addAll(keys.indexOf(UsageMessageSpec.SECTION_KEY_DESCRIPTION) + 1, first);
    return keys;
  }
}
