package io.mlserve.commands;

import picocli.CommandLine.Option;

/** The options that every command has. */
public final class CommonOptions {
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and exit.")
  @SuppressWarnings("UnusedVariable") // picocli acts on it
  private boolean help;

  @Option(
      names = {"-q", "--quiet"},
      description = "Say nothing but errors.")
  private boolean quiet;

  @Option(
      names = {"-v", "--verbose"},
      description = "Say more on stderr; twice for even more.")
  private boolean[] verbose = {};

  @Option(names = "--debug", description = "Log at debug level, with stack traces of errors.")
  private boolean debug;

  public boolean isQuiet() {
    return quiet;
  }

  /** 0 for normal, 1 for -v, 2 for -vv. */
  public int verbosity() {
    return verbose.length;
  }

  public boolean isDebug() {
    return debug;
  }
}
