package io.mlserve.commands;

import io.mlserve.commands.CommandLines.Surroundings;
import io.mlserve.commands.Settings.Setting;
import io.mlserve.commands.SettingsFile.BadSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.IExecutionStrategy;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;

/**
 * Gives the options that the command line leaves out their settings, then runs the command.
 *
 * <p>Not by picocli's default values alone: there a flag that is on by default is switched off by
 * naming it, a list has one value, and a bad value breaks {@code --help}. Only a required option is
 * filled that way, as picocli would refuse the command line before this class sees it.
 */
final class SettingsStrategy implements IExecutionStrategy, IDefaultValueProvider {
  private final Surroundings surroundings;
  private final UnaryOperator<CommandLine> converters;
  private final Supplier<CommandSpec> whole;
  // Each with a copy to parse a value with. Asking an option whether it is required asks us.
  private final IdentityHashMap<OptionSpec, OptionSpec> required = new IdentityHashMap<>();
  private final IdentityHashMap<OptionSpec, List<Setting>> filled = new IdentityHashMap<>();

  /**
   * @param converters registers the converters of the program's own types
   * @param whole every command and option that a setting may name; asked if there is a setting
   */
  SettingsStrategy(
      Surroundings surroundings,
      UnaryOperator<CommandLine> converters,
      Supplier<CommandSpec> whole) {
    this.surroundings = surroundings;
    this.converters = converters;
    this.whole = whole;
  }

  /** Takes part in every run of {@code program}. */
  void install(CommandLine program) {
    CommandTree.of(program.getCommandSpec())
        .flatMap(command -> command.options().stream())
        .filter(option -> option.group() == null && option.required())
        .forEach(option -> required.put(option, copy(option)));
    program.setDefaultValueProvider(this).setExecutionStrategy(this);
  }

  @Override
  public int execute(ParseResult parsed) {
    List<CommandLine> commands = parsed.asCommandLineList();
    CommandLine last = commands.get(commands.size() - 1);
    boolean helping =
        last.getCommandSpec().helpCommand()
            || commands.stream()
                .anyMatch(c -> c.isUsageHelpRequested() || c.isVersionHelpRequested());
    if (commands.size() > 1 && !helping) {
      prepare(commands, last);
    }
    try {
      return new RunLast().execute(parsed);
    } catch (OutputFailedException e) { // while printing help
      return ErrorPrinter.outputFailed(e, last);
    }
  }

  private void prepare(List<CommandLine> commands, CommandLine last) {
    Settings settings = load(last);
    for (CommandLine command : commands) {
      for (OptionSpec option : command.getCommandSpec().options()) {
        if (!decided(command.getParseResult(), option)) {
          fill(command, option, settings);
        }
      }
    }
    LogOptions options = LogOptions.of(last.getCommandSpec());
    surroundings.logs().apply(options, last.getErr());
    if (!options.quiet()) {
      for (String name : settings.unknownVariables(whole)) {
        last.getErr().printf("mlserve: unknown variable %s%n", name);
      }
    }
  }

  // On the command line, or ruled out there by another one of its group.
  private static boolean decided(ParseResult parsed, OptionSpec option) {
    if (option.group() != null && option.group().exclusive()) {
      return option.group().options().stream().anyMatch(parsed::hasMatchedOption);
    }
    return parsed.hasMatchedOption(option);
  }

  @Override
  public @Nullable String defaultValue(ArgSpec argument) {
    OptionSpec copy = argument instanceof OptionSpec option ? required.get(option) : null;
    CommandLine command = argument.command().commandLine();
    if (copy == null || command.isUsageHelpRequested()) {
      return null;
    }
    List<Setting> found = load(command).find(argument.command(), copy);
    if (found.isEmpty()) {
      return null;
    }
    assign(command, copy, found); // a bad value is reported with its place
    return found.get(0).value();
  }

  private Settings load(CommandLine command) {
    try {
      Settings settings =
          Settings.load(
              surroundings.environment(),
              named(command.getCommandSpec()),
              surroundings.systemSettings());
      settings.check(whole);
      return settings;
    } catch (BadSettings e) {
      throw new ParameterException(command, String.valueOf(e.getMessage()));
    }
  }

  private static Optional<Path> named(CommandSpec command) {
    for (CommandSpec c = command; c != null; c = c.parent()) {
      OptionSpec option = c.findOption(CommonOptions.SETTINGS);
      if (option != null && option.getValue() instanceof Path path) {
        return Optional.of(path);
      }
    }
    return Optional.empty();
  }

  private void fill(CommandLine command, OptionSpec option, Settings settings) {
    CommandLine parent = command.getParent();
    OptionSpec above =
        parent == null ? null : parent.getCommandSpec().findOption(option.longestName());
    if (parent != null && above != null && parent.getParseResult().hasMatchedOption(above)) {
      option.setValue(above.getValue()); // mlserve --debug serve: as if behind the command
      return;
    }
    List<Setting> found = settings.find(command.getCommandSpec(), option);
    if (!found.isEmpty()) {
      assign(command, copy(option), found);
      filled.put(option, found);
    }
  }

  /** The settings that an option got from outside the command line; empty if it got none. */
  List<Setting> filled(OptionSpec option) {
    return filled.getOrDefault(option, List.of());
  }

  private static OptionSpec copy(OptionSpec option) {
    return OptionSpec.builder(option).required(false).defaultValue(null).build();
  }

  private void assign(CommandLine command, OptionSpec option, List<Setting> found) {
    if (option.arity().max() == 0) {
      Setting last = found.get(found.size() - 1);
      int times = times(command, last);
      option.setValue(option.isMultiValue() ? repeated(times) : (Object) (times > 0));
      return;
    }
    CommandSpec alone = CommandSpec.create().addOption(option);
    CommandLine parser =
        converters.apply(new CommandLine(alone)).setCaseInsensitiveEnumValuesAllowed(true);
    List<String> arguments = new ArrayList<>();
    try {
      for (Setting setting : found) {
        arguments.add(option.longestName() + "=" + setting.value());
        parser.parseArgs(arguments.toArray(new String[0]));
      }
    } catch (ParameterException e) {
      Setting bad = found.get(arguments.size() - 1);
      throw new ParameterException(
          command, bad.origin() + ": " + ErrorMessages.invalidValue(option, bad.value(), e), e);
    }
  }

  // A flag that can be given twice takes a number, as in verbose = 2.
  private static int times(CommandLine command, Setting setting) {
    return switch (setting.value()) {
      case "false", "0" -> 0;
      case "true", "1" -> 1;
      case "2" -> 2;
      default ->
          throw new ParameterException(
              command,
              "%s: '%s' (expected: true or false)".formatted(setting.origin(), setting.value()));
    };
  }

  private static boolean[] repeated(int times) {
    boolean[] flags = new boolean[times];
    Arrays.fill(flags, true);
    return flags;
  }
}
