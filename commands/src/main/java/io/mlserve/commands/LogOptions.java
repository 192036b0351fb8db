package io.mlserve.commands;

import picocli.CommandLine.Model.CommandSpec;

/**
 * How much a command says on stderr, and in which form.
 *
 * @param quiet errors only
 * @param verbosity 0 to 2: how many {@code -v}
 * @param debug debug level, and stack traces of errors
 */
public record LogOptions(boolean quiet, int verbosity, boolean debug, Format format) {
  /** The forms of a log line. */
  public enum Format {
    TEXT,
    JSON
  }

  /** What the common options of a parsed command say. */
  static LogOptions of(CommandSpec command) {
    return command.mixins().values().stream()
        .map(mixin -> mixin.userObject())
        .filter(CommonOptions.class::isInstance)
        .map(CommonOptions.class::cast)
        .findFirst()
        .map(c -> new LogOptions(c.isQuiet(), c.verbosity(), c.isDebug(), c.logFormat()))
        .orElse(new LogOptions(false, 0, false, Format.TEXT));
  }
}
