package io.mlserve.cli.docs;

import io.mlserve.cli.docs.Cmd.Arg;
import io.mlserve.cli.docs.Cmd.Opt;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Writes one man page per command, in the man macros that both groff and mandoc read. */
final class ManPage {
  private static final String DATE = "2026-01-01"; // as project.build.outputTimestamp

  private static final Pattern PARAGRAPHS = Pattern.compile("\\n\\s*\\n");

  private final Cmd program;
  private final String version;
  private final StringBuilder s = new StringBuilder();

  private ManPage(Cmd program, String version) {
    this.program = program;
    this.version = version;
  }

  /** {@code mlserve-metrics-show.1}. */
  static String fileName(Cmd c) {
    return String.join("-", c.words()) + ".1";
  }

  static String of(Cmd program, Cmd c, String version) {
    ManPage page = new ManPage(program, version);
    page.write(c);
    return page.s.toString();
  }

  private void write(Cmd c) {
    String title = String.join("-", c.words());
    s.append(".\\\" Generated from the help of the command: do not edit.\n");
    s.append(
        ".TH %s 1 %s \"mlserve %s\" \"mlserve manual\"%n"
            .formatted(title.toUpperCase(Locale.ROOT), DATE, version));
    s.append(".nh\n.ad l\n"); // option names must not be broken at a hyphen of their own
    section("NAME");
    s.append("%s \\- %s%n".formatted(escaped(title), escaped(lower(c.brief()))));
    section("SYNOPSIS");
    s.append(".B %s%n".formatted(escaped(String.join(" ", c.words()))));
    String rest = c.synopsis().substring(String.join(" ", c.words()).length()).strip();
    s.append(escapedLine(rest)).append('\n');
    section("DESCRIPTION");
    paragraphs(c.description());
    commands(c);
    arguments(c.arguments());
    options(c.options());
    exitStatus(c);
    environment(c);
    files(c);
    if (!c.examples().isEmpty()) {
      section(c.isProgram() ? "HELP" : "EXAMPLES");
      preformatted(c.examples());
    }
    seeAlso(c);
  }

  private void section(String name) {
    s.append(".SH ").append(name).append('\n');
  }

  private void paragraphs(List<String> lines) {
    boolean first = true;
    for (String paragraph : PARAGRAPHS.splitAsStream(String.join("\n", lines)).toList()) {
      String text = paragraph.replaceAll("\\s+", " ").strip();
      if (!text.isEmpty()) {
        s.append(first ? "" : ".PP\n").append(escapedLine(text)).append('\n');
        first = false;
      }
    }
  }

  private void commands(Cmd c) {
    if (c.subcommands().isEmpty()) {
      return;
    }
    section("COMMANDS");
    for (Cmd sub : c.subcommands().stream().filter(ManPage::hasPage).toList()) {
      item("\\fB" + escaped(String.join(" ", sub.words())) + "\\fR", sub.brief() + ".");
    }
  }

  private void arguments(List<Arg> arguments) {
    if (!arguments.isEmpty()) {
      section("ARGUMENTS");
      arguments.forEach(
          a ->
              item(
                  "\\fI" + escaped(a.label()) + (a.repeatable() ? "..." : "") + "\\fR",
                  a.description()));
    }
  }

  private void options(List<Opt> options) {
    section("OPTIONS");
    for (Opt o : options) {
      item(
          o.allNames().stream()
              .map(
                  name ->
                      "\\fB"
                          + escaped(name)
                          + "\\fR"
                          + (o.flag()
                              ? ""
                              : (name.startsWith("--") ? "=" : " ")
                                  + "\\fI"
                                  + escaped(o.label())
                                  + "\\fR"))
              .collect(Collectors.joining(", ")),
          o.description());
    }
  }

  private void exitStatus(Cmd c) {
    section("EXIT STATUS");
    c.exitCodes().forEach((status, meaning) -> item("\\fB" + status.strip() + "\\fR", meaning));
    s.append(".PP\nStatuses may be added: treat an unknown one as a failure.\n");
  }

  private void environment(Cmd c) {
    section("ENVIRONMENT");
    s.append(
        """
        An option that is not on the command line takes its value from its variable, then from a
        settings file. Several values of an option that can be repeated stand in its variable with
        commas between them; a flag takes true or false.
        """);
    for (Opt o : c.options()) {
      if (!o.variable().isEmpty()) {
        item("\\fB" + escaped(o.variable()) + "\\fR", o.names().get(o.names().size() - 1));
      }
    }
    if (!c.isProgram()) {
      s.append(".PP\nVariables of the launcher and of the settings files: see\n.BR mlserve (1).\n");
      return;
    }
    item("\\fBMLSERVE_SETTINGS\\fR", "The settings file to read instead of those under FILES.");
    item("\\fBMLSERVE_JAVA_HOME\\fR", "The Java to run on, before JAVA_HOME and the java on PATH.");
    item(
        "\\fBMLSERVE_JAVA_OPTS\\fR",
        "Further options of the Java virtual machine, separated by blanks.");
    item(
        "\\fBMLSERVE_JAVA_ARCHIVE\\fR",
        "The folder for class data archives, which make the start faster, or 'off'. By default"
            + " $XDG_CACHE_HOME/mlserve, or ~/.cache/mlserve.");
  }

  private void files(Cmd c) {
    section("FILES");
    item(
        "\\fI$XDG_CONFIG_HOME/mlserve/mlserve.conf\\fR, \\fI~/.config/mlserve/mlserve.conf\\fR",
        "Settings of the user.");
    item(
        "\\fI/etc/mlserve/mlserve.conf\\fR",
        "Settings of the machine, where the user's say nothing.");
    s.append(
        """
        .PP
        A section for each command, a line for each option, without its hyphens; an option that
        can be repeated has several lines. Lines before the first section hold for every command.
        """);
    if (c.isProgram()) {
      s.append(".PP\n");
      preformatted(
          List.of(
              "log-format = json",
              "",
              "[serve]",
              "port = 8501",
              "model = housing=/srv/models/housing"));
    }
  }

  private void seeAlso(Cmd c) {
    List<String> others = new ArrayList<>();
    for (Cmd other : program.all()) {
      if (!other.equals(c) && hasPage(other)) {
        others.add(".BR %s (1)".formatted(escaped(String.join("-", other.words()))));
      }
    }
    section("SEE ALSO");
    s.append(String.join(",\n", others)).append('\n');
  }

  /** The command that only shows help has nothing to document. */
  static boolean hasPage(Cmd c) {
    return !c.name().equals("help");
  }

  private void item(String head, String text) {
    s.append(".TP\n").append(head).append('\n').append(escapedLine(text)).append('\n');
  }

  private void preformatted(List<String> lines) {
    s.append(".nf\n");
    for (String line : String.join("\n", lines).lines().toList()) {
      String text = line.startsWith("  ") ? line.substring(2) : line;
      s.append(escapedLine(text)).append('\n');
    }
    s.append(".fi\n");
  }

  private static String escapedLine(String text) {
    String line = escaped(text);
    return line.startsWith(".") || line.startsWith("'") ? "\\&" + line : line;
  }

  private static String escaped(String text) {
    return text.replace("\\", "\\e").replace("-", "\\-");
  }

  private static String lower(String text) {
    return text.substring(0, 1).toLowerCase(Locale.ROOT) + text.substring(1);
  }
}
