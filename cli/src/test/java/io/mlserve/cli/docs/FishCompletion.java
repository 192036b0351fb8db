package io.mlserve.cli.docs;

import io.mlserve.cli.docs.Cmd.Opt;
import io.mlserve.cli.docs.Cmd.Values;
import java.util.List;

/** Writes the completion script for fish. */
final class FishCompletion {
  private FishCompletion() {}

  static String of(Cmd program) {
    StringBuilder s = new StringBuilder();
    s.append(
        """
        # fish completion for mlserve. Generated from its commands: do not edit.
        # Use: put it as mlserve.fish into ~/.config/fish/completions

        complete -c mlserve -f
        """);
    for (Cmd c : program.all()) {
      String here = here(c);
      s.append('\n');
      for (Cmd sub : c.subcommands()) {
        s.append(
            "complete -c mlserve -n %s -a %s -d %s%n"
                .formatted(quoted(here), sub.name(), quoted(sub.brief())));
      }
      for (Opt o : c.options()) {
        s.append(
            "complete -c mlserve -n %s%s%s -d %s%n"
                .formatted(
                    quoted(here),
                    names(o),
                    value(o.flag(), o.values(), o.words()),
                    quoted(o.brief())));
      }
      c.arguments().stream()
          .filter(a -> a.values() != Values.NONE)
          .forEach(
              a ->
                  s.append(
                      "complete -c mlserve -n %s%s%n"
                          .formatted(quoted(here), argument(a.values(), a.words()))));
    }
    return s.toString();
  }

  // True where the words so far name this command and none of its subcommands.
  private static String here(Cmd c) {
    if (c.isProgram()) {
      return "__fish_use_subcommand";
    }
    StringBuilder condition = new StringBuilder();
    for (String word : c.words().subList(1, c.words().size())) {
      condition.append(condition.isEmpty() ? "" : "; and ");
      condition.append("__fish_seen_subcommand_from ").append(word);
    }
    if (!c.subcommands().isEmpty()) {
      condition.append("; and not __fish_seen_subcommand_from");
      c.subcommands().forEach(sub -> condition.append(' ').append(sub.name()));
    }
    return condition.toString();
  }

  private static String names(Opt o) {
    StringBuilder names = new StringBuilder();
    for (String name : o.names()) {
      names.append(name.startsWith("--") ? " -l " + name.substring(2) : " -s " + name.substring(1));
    }
    return names.toString();
  }

  private static String value(boolean flag, Values values, List<String> words) {
    if (flag) {
      return "";
    }
    return switch (values) {
      case NONE -> " -x";
      case WORDS -> " -x -a " + quoted(String.join(" ", words));
      case FILES -> " -r -F";
      case FOLDERS -> " -x -a '(__fish_complete_directories)'";
    };
  }

  private static String argument(Values values, List<String> words) {
    return switch (values) {
      case NONE -> "";
      case WORDS -> " -a " + quoted(String.join(" ", words));
      case FILES -> " -F";
      case FOLDERS -> " -a '(__fish_complete_directories)'";
    };
  }

  private static String quoted(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
  }
}
