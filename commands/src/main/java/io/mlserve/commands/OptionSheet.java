package io.mlserve.commands;

import io.mlserve.admin.ServerSheet;
import io.mlserve.commands.Settings.Setting;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/**
 * The options of a command that runs, as operators are to see them: as they were written, and by
 * whom. There are no secrets among them, since secrets come in files.
 */
final class OptionSheet {
  private OptionSheet() {}

  /** Those that somebody gave first, then the defaults. */
  static List<ServerSheet.Setting> of(CommandSpec command) {
    List<ServerSheet.Setting> given = new ArrayList<>();
    List<ServerSheet.Setting> defaults = new ArrayList<>();
    for (OptionSpec option : command.options()) {
      if (!option.usageHelp() && !option.versionHelp() && !option.hidden()) {
        Optional<Setting> setting = given(command.commandLine(), option);
        if (setting.isPresent()) {
          given.add(sheet(option, setting.get()));
        } else if (option.defaultValueString() != null) {
          defaults.add(sheet(option, new Setting("default", option.defaultValueString())));
        }
      }
    }
    given.addAll(defaults);
    return given;
  }

  private static ServerSheet.Setting sheet(OptionSpec option, Setting setting) {
    return new ServerSheet.Setting(
        option.longestName(), Printable.line(setting.value()), setting.origin());
  }

  private static Optional<Setting> given(CommandLine command, OptionSpec option) {
    ParseResult parsed = command.getParseResult();
    if (parsed != null && parsed.hasMatchedOption(option)) {
      List<String> words = parsed.matchedOption(option.longestName()).originalStringValues();
      return Optional.of(
          new Setting("command line", words.isEmpty() ? "true" : String.join(", ", words)));
    }
    if (command.getExecutionStrategy() instanceof SettingsStrategy settings) {
      List<Setting> found = settings.filled(option);
      if (!found.isEmpty()) {
        return Optional.of(
            new Setting(
                found.get(0).origin(),
                found.stream().map(Setting::value).collect(Collectors.joining(", "))));
      }
    }
    return Optional.empty();
  }
}
