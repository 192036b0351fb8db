package io.mlserve.commands;

import java.io.PrintWriter;

/** Told how a command wants to log before it runs. The main class brings the implementation. */
@FunctionalInterface
public interface LogSetup {
  /** Leaves logging as it is. */
  LogSetup NONE = (options, err) -> {};

  /**
   * Called once before each command, on its thread.
   *
   * @param err where log lines go
   */
  void apply(LogOptions options, PrintWriter err);
}
