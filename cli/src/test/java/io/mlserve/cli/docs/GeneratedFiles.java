package io.mlserve.cli.docs;

import io.mlserve.commands.CommandLines;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine;

/** All generated files of the project: where they lie and what belongs into them. */
final class GeneratedFiles {
  private GeneratedFiles() {}

  /** Contents by path, relative to the root of the project. */
  static Map<Path, String> all() {
    Cmd program = Cmd.of(model().getCommandSpec());
    Map<Path, String> files = new TreeMap<>();
    files.put(Path.of("completion/mlserve.bash"), BashCompletion.of(program));
    files.put(Path.of("completion/_mlserve"), ZshCompletion.of(program));
    files.put(Path.of("completion/mlserve.fish"), FishCompletion.of(program));
    String version = version();
    for (Cmd c : program.all()) {
      if (ManPage.hasPage(c)) {
        files.put(Path.of("man", ManPage.fileName(c)), ManPage.of(program, c, version));
      }
    }
    return files;
  }

  private static CommandLine model() {
    PrintWriter nowhere =
        new PrintWriter(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    return CommandLines.create(nowhere, nowhere);
  }

  private static String version() {
    StringWriter text = new StringWriter();
    CommandLine line = model();
    line.printVersionHelp(new PrintWriter(text), CommandLine.Help.Ansi.OFF);
    return text.toString().strip().replaceFirst("^mlserve ", "");
  }
}
