package io.mlserve.cli.docs;

import io.mlserve.cli.docs.Cmd.Arg;
import io.mlserve.cli.docs.Cmd.Opt;
import io.mlserve.cli.docs.Cmd.Values;
import java.util.ArrayList;
import java.util.List;

/** Writes the completion function for zsh. */
final class ZshCompletion {
  private ZshCompletion() {}

  static String of(Cmd program) {
    StringBuilder s = new StringBuilder();
    s.append(
        """
        #compdef mlserve
        # zsh completion for mlserve. Generated from its commands: do not edit.
        # Use: put it as _mlserve into a folder of $fpath, before compinit runs.
        """);
    for (Cmd c : program.all()) {
      s.append(c.subcommands().isEmpty() ? leaf(c) : group(c));
    }
    s.append(
        """

        _mlserve "$@"
        """);
    return s.toString();
  }

  private static String leaf(Cmd c) {
    List<String> specs = new ArrayList<>();
    c.options().forEach(o -> specs.addAll(option(o)));
    for (Arg a : c.arguments()) {
      specs.add(
          "'%s:%s:%s'"
              .formatted(
                  a.repeatable() ? "*" : "", escaped(a.label()), action(a.values(), a.words())));
    }
    return "%n%s() {%n  _arguments -s -S \\%n    %s%n}%n"
        .formatted(function(c), String.join(" \\\n    ", specs));
  }

  private static String group(Cmd c) {
    List<String> specs = new ArrayList<>();
    c.options().forEach(o -> specs.addAll(option(o)));
    specs.add("'1:command:->command'");
    specs.add("'*::argument:->argument'");
    StringBuilder s = new StringBuilder();
    s.append("%n%s() {%n".formatted(function(c)));
    s.append("  local curcontext=$curcontext state line\n  typeset -A opt_args\n");
    s.append("  _arguments -C -s -S \\\n    %s%n".formatted(String.join(" \\\n    ", specs)));
    s.append("  case $state in\n    command)\n      local -a commands=(\n");
    for (Cmd sub : c.subcommands()) {
      s.append("        '%s:%s'%n".formatted(sub.name(), escaped(sub.brief())));
    }
    s.append("      )\n      _describe command commands\n      ;;\n    argument)\n");
    s.append("      case $line[1] in\n");
    for (Cmd sub : c.subcommands()) {
      s.append("        %s) %s ;;%n".formatted(sub.name(), function(sub)));
    }
    s.append("      esac\n      ;;\n  esac\n}\n");
    return s.toString();
  }

  private static List<String> option(Opt o) {
    List<String> specs = new ArrayList<>();
    String others = o.repeatable() ? "*" : "(" + String.join(" ", o.names()) + ")";
    for (String name : o.names()) {
      String attach = o.flag() ? "" : name.startsWith("--") ? "=" : "+";
      String value =
          o.flag() ? "" : ":%s:%s".formatted(escaped(o.label()), action(o.values(), o.words()));
      specs.add("'%s%s%s[%s]%s'".formatted(others, name, attach, escaped(o.brief()), value));
    }
    return specs;
  }

  private static String action(Values values, List<String> words) {
    return switch (values) {
      case NONE -> " ";
      case WORDS -> "(" + String.join(" ", words) + ")";
      case FILES -> "_files";
      case FOLDERS -> "_files -/";
    };
  }

  private static String function(Cmd c) {
    return "_" + String.join("_", c.words());
  }

  private static String escaped(String text) {
    return text.replace("\\", "\\\\")
        .replace("[", "\\[")
        .replace("]", "\\]")
        .replace(":", "\\:")
        .replace("'", "'\\''");
  }
}
