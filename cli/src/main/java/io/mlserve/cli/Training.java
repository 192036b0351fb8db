package io.mlserve.cli;

import io.mlserve.commands.CommandLines;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;

/**
 * What the launcher runs to make a class data archive: the JVM records the classes that were used.
 * Every command line here ends by itself, touches no file of the user and needs no network.
 */
final class Training {
  private Training() {}

  /** Returns the exit status: 0 if an archive is worth keeping. */
  static int run() {
    PrintWriter nowhere =
        new PrintWriter(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    Main.run(nowhere, nowhere, "--version");
    Main.run(nowhere, nowhere, "no-such-command");
    CommandLine model = CommandLines.create(nowhere, nowhere);
    for (String command : model.getSubcommands().keySet()) {
      Main.run(nowhere, nowhere, command, "--help");
      Main.run(nowhere, nowhere, command, "--no-such-option");
    }
    return Main.run(nowhere, nowhere, "--help");
  }
}
