package io.mlserve.cli.docs;

import io.mlserve.cli.docs.Cmd.Opt;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Writes the completion script for bash 3.2 and newer; it needs no other script. */
final class BashCompletion {
  private BashCompletion() {}

  static String of(Cmd program) {
    StringBuilder s = new StringBuilder();
    s.append(
        """
        # bash completion for mlserve. Generated from its commands: do not edit.
        # Use: source this file, or put it into ~/.local/share/bash-completion/completions/mlserve
        # shellcheck disable=SC2207 # bash 3.2, as on macOS, has no mapfile

        _mlserve() {
          local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
          local command='' word i options='' words='' files=''
          # bash makes words of their own of --option, = and value
          if [[ $current == '=' ]]; then
            current=''
          elif [[ $previous == '=' ]]; then
            previous=${COMP_WORDS[COMP_CWORD - 2]}
          fi

          for ((i = 1; i < COMP_CWORD; i++)); do
            word=${COMP_WORDS[i]}
            case "$command $word" in
        """);
    for (Cmd c : program.all()) {
      if (!c.isProgram()) {
        String parent = String.join(" ", c.words().subList(1, c.words().size() - 1));
        s.append(
            "      %s) command=%s ;;%n"
                .formatted(quoted(parent + " " + c.name()), quoted(c.path(" "))));
      }
    }
    s.append(
        """
            esac
          done

          case $command in
        """);
    for (Cmd c : program.all()) {
      s.append("    %s)%n      case $previous in%n".formatted(quoted(c.path(" "))));
      for (Opt o : c.options()) {
        if (!o.flag()) {
          s.append("        %s) %s ;;%n".formatted(String.join(" | ", o.names()), value(o)));
        }
      }
      s.append("        *) %s ;;%n".formatted(otherwise(c)));
      s.append("      esac\n      ;;\n");
    }
    s.append(
        """
          esac

          local IFS=$'\\n'
          case $files in
            files)
              compopt -o filenames 2>/dev/null
              COMPREPLY=($(compgen -f -- "$current"))
              ;;
            folders)
              compopt -o filenames 2>/dev/null
              COMPREPLY=($(compgen -d -- "$current"))
              ;;
            *) COMPREPLY=() ;;
          esac
          [[ $current == -* ]] && words=$options
          IFS=$' \\n'
          [[ -n $words ]] && COMPREPLY+=($(compgen -W "$words" -- "$current"))
          return 0
        }

        complete -F _mlserve mlserve
        """);
    return s.toString();
  }

  private static String value(Opt option) {
    return switch (option.values()) {
      case NONE -> ":";
      case WORDS -> "words=" + quoted(String.join(" ", option.words()));
      case FILES -> "files=files";
      case FOLDERS -> "files=folders";
    };
  }

  private static String otherwise(Cmd c) {
    Stream<String> options = c.options().stream().flatMap(o -> o.names().stream());
    List<String> words =
        Stream.concat(
                c.subcommands().stream().map(Cmd::name),
                c.arguments().stream().flatMap(a -> a.words().stream()))
            .toList();
    boolean files = c.arguments().stream().anyMatch(a -> a.values() == Cmd.Values.FILES);
    boolean folders = c.arguments().stream().anyMatch(a -> a.values() == Cmd.Values.FOLDERS);
    return "options=%s words=%s files=%s"
        .formatted(
            quoted(options.collect(Collectors.joining(" "))),
            quoted(String.join(" ", words)),
            files ? "files" : folders ? "folders" : "''");
  }

  private static String quoted(String text) {
    return "'" + text.replace("'", "'\\''") + "'";
  }
}
