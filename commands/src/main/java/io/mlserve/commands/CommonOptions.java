package io.mlserve.commands;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that every command has. */
public final class CommonOptions {
  static final String SETTINGS = "--settings";

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

  @Option(
      names = "--log-format",
      paramLabel = "FORMAT",
      defaultValue = "text",
      description = "Form of log lines: text or json (default: text).")
  private LogOptions.Format logFormat = LogOptions.Format.TEXT;

  @Option(
      names = SETTINGS,
      paramLabel = "FILE",
      description = "Read options that are not given here from FILE.")
  @SuppressWarnings("UnusedVariable") // SettingsStrategy reads it
  private @Nullable Path settings;

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

  LogOptions.Format logFormat() {
    return logFormat;
  }
}
