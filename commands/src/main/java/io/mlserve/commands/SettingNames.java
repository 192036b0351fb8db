package io.mlserve.commands;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * How an option is called outside the command line: {@code --reload-interval} of {@code mlserve
 * serve} is key {@code reload-interval} in section {@code serve} of a settings file and variable
 * {@code MLSERVE_SERVE_RELOAD_INTERVAL} of the environment.
 */
public final class SettingNames {
  static final String PREFIX = "MLSERVE_";

  private SettingNames() {}

  /**
   * The keys of an option, the one to document first. An underscore counts as a hyphen, so both
   * spellings of an option share one key. Empty if the option cannot be set from outside: it shows
   * help, names the settings file, or has no long name.
   */
  public static List<String> keys(OptionSpec option) {
    if (option.usageHelp() || option.versionHelp()) {
      return List.of();
    }
    Set<String> keys = new LinkedHashSet<>();
    for (String name : option.names()) {
      if (name.startsWith("--") && !name.equals(CommonOptions.SETTINGS)) {
        keys.add(name.substring(2).replace('_', '-'));
      }
    }
    return List.copyOf(keys);
  }

  /** The section of a command: its words without the program's name; empty for the program. */
  public static String section(CommandSpec command) {
    List<String> words = new ArrayList<>();
    for (CommandSpec c = command; c.parent() != null; c = c.parent()) {
      words.add(0, c.name());
    }
    return String.join(" ", words);
  }

  /** The variable for {@code key} in {@code section}. */
  public static String variable(String section, String key) {
    String name = section.isEmpty() ? key : section + " " + key;
    return PREFIX + name.toUpperCase(Locale.ROOT).replace('-', '_').replace(' ', '_');
  }
}
