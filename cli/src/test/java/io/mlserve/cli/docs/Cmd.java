package io.mlserve.cli.docs;

import io.mlserve.commands.SettingNames;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * A command as its documentation sees it.
 *
 * @param words {@code [mlserve, metrics, show]}
 */
record Cmd(
    List<String> words,
    String synopsis,
    List<String> description,
    List<Opt> options,
    List<Arg> arguments,
    List<Cmd> subcommands,
    Map<String, String> exitCodes,
    List<String> examples) {

  /** What a value can be completed with. */
  enum Values {
    NONE,
    WORDS,
    FILES,
    FOLDERS
  }

  /**
   * An option.
   *
   * @param names without those that spell another one with underscores
   * @param allNames with those
   * @param label empty for a flag
   */
  record Opt(
      List<String> names,
      List<String> allNames,
      String label,
      boolean repeatable,
      Values values,
      List<String> words,
      String description,
      String variable) {

    boolean flag() {
      return label.isEmpty();
    }

    /** The first sentence, for a list beside the cursor. */
    String brief() {
      return Cmd.firstSentence(description);
    }
  }

  /** A positional parameter. */
  record Arg(
      String label, boolean repeatable, Values values, List<String> words, String description) {}

  static Cmd of(CommandSpec spec) {
    return new Cmd(
        List.of(spec.qualifiedName().split(" ")),
        String.join(" ", spec.usageMessage().customSynopsis()),
        description(spec),
        spec.options().stream().filter(o -> !o.hidden()).map(o -> option(spec, o)).toList(),
        spec.positionalParameters().stream()
            .filter(p -> !p.hidden())
            .map(
                p ->
                    new Arg(
                        plain(p.paramLabel()),
                        p.isMultiValue(),
                        spec.helpCommand() ? Values.WORDS : values(p),
                        spec.helpCommand() ? siblings(spec) : words(p),
                        text(p.description())))
            .toList(),
        spec.subcommands().values().stream()
            .distinct()
            .map(CommandLine::getCommandSpec)
            .filter(s -> !s.usageMessage().hidden())
            .map(Cmd::of)
            .toList(),
        spec.usageMessage().exitCodeList(),
        lines(spec.usageMessage().footer()));
  }

  /** This command and all below it. */
  List<Cmd> all() {
    List<Cmd> all = new ArrayList<>(List.of(this));
    subcommands.forEach(c -> all.addAll(c.all()));
    return all;
  }

  String name() {
    return words.get(words.size() - 1);
  }

  /** True for {@code mlserve} itself. */
  boolean isProgram() {
    return words.size() == 1;
  }

  /** The words after {@code mlserve}, joined. */
  String path(String separator) {
    return String.join(separator, words.subList(1, words.size()));
  }

  String brief() {
    return firstSentence(String.join(" ", description));
  }

  private static List<String> description(CommandSpec spec) {
    List<String> header = lines(spec.usageMessage().header());
    return header.isEmpty() ? lines(spec.usageMessage().description()) : header;
  }

  private static List<String> siblings(CommandSpec spec) {
    return spec.parent().subcommands().keySet().stream()
        .filter(name -> !name.equals(spec.name()))
        .toList();
  }

  private static Opt option(CommandSpec spec, OptionSpec o) {
    List<String> all = List.of(o.names());
    List<String> names =
        all.stream().filter(n -> !n.contains("_") || !all.contains(n.replace('_', '-'))).toList();
    List<String> keys = SettingNames.keys(o);
    return new Opt(
        names,
        all,
        o.arity().max() == 0 ? "" : plain(o.paramLabel()),
        o.isMultiValue(),
        values(o),
        words(o),
        text(o.description()),
        keys.isEmpty() ? "" : SettingNames.variable(SettingNames.section(spec), keys.get(0)));
  }

  private static Values values(ArgSpec argument) {
    if (!words(argument).isEmpty()) {
      return Values.WORDS;
    }
    boolean path =
        argument.typeInfo().getType() == Path.class
            || Arrays.asList(argument.typeInfo().getAuxiliaryTypes()).contains(Path.class);
    String label = plain(argument.paramLabel());
    if (label.equals("DIR")) {
      return Values.FOLDERS;
    }
    return path || label.endsWith("FILE") || label.endsWith("PATH") || label.equals("ARCHIVE")
        ? Values.FILES
        : Values.NONE;
  }

  private static List<String> words(ArgSpec argument) {
    List<String> words = new ArrayList<>();
    if (argument.completionCandidates() != null) {
      boolean lower = enumType(argument);
      argument
          .completionCandidates()
          .forEach(word -> words.add(lower ? word.toLowerCase(Locale.ROOT) : word));
    }
    return words;
  }

  private static boolean enumType(ArgSpec argument) {
    Class<?>[] inner = argument.typeInfo().getAuxiliaryTypes();
    return argument.type().isEnum() || Arrays.stream(inner).anyMatch(Class::isEnum);
  }

  private static String plain(String label) {
    return label.replaceAll("[<>]", "");
  }

  private static List<String> lines(String[] raw) {
    return Arrays.stream(raw).map(Cmd::formatted).toList();
  }

  private static String text(String[] raw) {
    return lines(raw).stream()
        .map(String::strip)
        .collect(Collectors.joining(" "))
        .replaceAll("\\s+", " ");
  }

  // picocli formats each line of a help text, so a per cent sign stands there twice; it has done
  // so already for the lines of an option
  private static String formatted(String line) {
    return line.replace("%n", "\n").replace("%%", "%");
  }

  private static String firstSentence(String text) {
    int end = text.indexOf(". ");
    String sentence = end < 0 ? text : text.substring(0, end);
    return sentence.endsWith(".") ? sentence.substring(0, sentence.length() - 1) : sentence;
  }
}
