package io.mlserve.commands;

import io.mlserve.commands.SettingsFile.BadSettings;
import io.mlserve.commands.SettingsFile.Entry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The values that options have from outside the command line: the environment first, then the
 * user's settings file, then the system's. A file named with {@code --settings} or {@code
 * MLSERVE_SETTINGS} takes the place of both files.
 */
final class Settings {
  /** The settings file of the machine. */
  static final Path SYSTEM_FILE = Path.of("/etc/mlserve/mlserve.conf");

  // The launcher's, and the one that names the file: no options, but ours.
  private static final Set<String> OTHER_VARIABLES =
      Set.of("MLSERVE_JAVA_HOME", "MLSERVE_JAVA_OPTS", "MLSERVE_JAVA_ARCHIVE", "MLSERVE_SETTINGS");
  private static final Pattern BETWEEN_VALUES = Pattern.compile("\\s*[,\n]\\s*");

  private final Map<String, String> environment;
  private final List<SettingsFile> files;

  private Settings(Map<String, String> environment, List<SettingsFile> files) {
    this.environment = environment;
    this.files = files;
  }

  /** One value and where it stands, for messages. */
  record Setting(String origin, String value) {}

  /**
   * Reads the settings files.
   *
   * @param named the file that the command line names
   * @param system the file of the machine
   */
  static Settings load(Map<String, String> environment, Optional<Path> named, Path system)
      throws BadSettings {
    Optional<Path> only =
        named.or(() -> Optional.ofNullable(environment.get("MLSERVE_SETTINGS")).map(Path::of));
    List<SettingsFile> files = new ArrayList<>();
    if (only.isPresent()) {
      files.add(SettingsFile.read(only.get()));
    } else {
      for (Path path : Stream.concat(userFile(environment).stream(), Stream.of(system)).toList()) {
        if (Files.exists(path)) {
          files.add(SettingsFile.read(path));
        }
      }
    }
    return new Settings(environment, files);
  }

  private static Optional<Path> userFile(Map<String, String> environment) {
    String xdg = environment.getOrDefault("XDG_CONFIG_HOME", "");
    String home = environment.getOrDefault("HOME", "");
    if (xdg.startsWith("/")) { // the XDG specification has relative ones ignored
      return Optional.of(Path.of(xdg, "mlserve", "mlserve.conf"));
    }
    return home.isEmpty()
        ? Optional.empty()
        : Optional.of(Path.of(home, ".config", "mlserve", "mlserve.conf"));
  }

  /**
   * The values of {@code option} of {@code command}: several only if the option can be repeated,
   * none if nobody set it.
   */
  List<Setting> find(CommandSpec command, OptionSpec option) {
    List<String> keys = SettingNames.keys(option);
    String section = SettingNames.section(command);
    for (String place : common(command, option) ? List.of(section, "") : List.of(section)) {
      for (String key : keys) {
        String variable = SettingNames.variable(place, key);
        String text = environment.get(variable);
        if (text != null && !text.isBlank()) {
          return split(option, text).map(value -> new Setting(variable, value)).toList();
        }
      }
    }
    for (SettingsFile file : files) {
      for (String place : common(command, option) ? List.of(section, "") : List.of(section)) {
        List<Setting> found =
            file.entries().stream()
                .filter(e -> e.section().equals(place) && keys.contains(e.key()))
                .map(e -> new Setting(file.path() + ":" + e.line() + ": " + e.key(), e.value()))
                .toList();
        if (!found.isEmpty()) {
          return option.isMultiValue() ? found : found.subList(found.size() - 1, found.size());
        }
      }
    }
    return List.of();
  }

  // A variable holds the values of a repeatable option with commas or line breaks between them.
  private static Stream<String> split(OptionSpec option, String text) {
    return option.isMultiValue() ? BETWEEN_VALUES.splitAsStream(text.strip()) : Stream.of(text);
  }

  private static boolean common(CommandSpec command, OptionSpec option) {
    return command.parent() != null && command.root().findOption(option.longestName()) != null;
  }

  /** Finds a line for a command or an option that does not exist. */
  void check(Supplier<CommandSpec> root) throws BadSettings {
    if (files.isEmpty()) {
      return;
    }
    Map<String, CommandSpec> commands =
        CommandTree.of(root.get()).collect(Collectors.toMap(SettingNames::section, c -> c));
    for (SettingsFile file : files) {
      for (Entry entry : file.entries()) {
        check(file.path(), entry, commands);
      }
    }
  }

  private static void check(Path path, Entry entry, Map<String, CommandSpec> commands)
      throws BadSettings {
    CommandSpec command = commands.get(entry.section());
    if (command == null) {
      throw new BadSettings(
          "%s:%d: unknown section [%s]%s"
              .formatted(
                  path,
                  entry.line(),
                  entry.section(),
                  Suggestions.didYouMean(entry.section(), commands.keySet())));
    }
    Set<String> keys = keys(command);
    if (!keys.contains(entry.key())) {
      throw new BadSettings(
          "%s:%d: unknown key '%s'%s"
              .formatted(
                  path, entry.line(), entry.key(), Suggestions.didYouMean(entry.key(), keys)));
    }
  }

  /** Variables that look like ours and set nothing, each with what may have been meant. */
  List<String> unknownVariables(Supplier<CommandSpec> root) {
    Set<String> ours =
        new TreeSet<>(
            environment.keySet().stream()
                .filter(name -> name.startsWith(SettingNames.PREFIX))
                .toList());
    ours.removeAll(OTHER_VARIABLES);
    if (ours.isEmpty()) {
      return List.of();
    }
    Set<String> known =
        CommandTree.of(root.get())
            .flatMap(
                command ->
                    keys(command).stream()
                        .map(key -> SettingNames.variable(SettingNames.section(command), key)))
            .collect(Collectors.toCollection(TreeSet::new));
    ours.removeAll(known);
    return ours.stream().map(name -> name + Suggestions.didYouMean(name, known)).toList();
  }

  private static Set<String> keys(CommandSpec command) {
    return command.options().stream()
        .flatMap(option -> SettingNames.keys(option).stream())
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
