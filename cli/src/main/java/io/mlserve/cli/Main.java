package io.mlserve.cli;

import io.mlserve.commands.CommandLines;
import io.mlserve.commands.ExitStatus;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/** {@code mlserve}. */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    PrintWriter out = writer(new StandardOutput(new FileOutputStream(FileDescriptor.out)));
    PrintWriter err = writer(new FileOutputStream(FileDescriptor.err));
    int status = ExitStatus.UNEXPECTED;
    try {
      status = Boolean.getBoolean("mlserve.training") ? Training.run() : run(out, err, args);
    } catch (Throwable e) { // threads that still run must not keep a program alive that has failed
      e.printStackTrace(err);
    }
    // Since Java 21 an exit by force looks for a logger first, in every jar of the class path.
    if (status != ExitStatus.OK || Thread.activeCount() > 1) {
      System.exit(status);
    }
  }

  /**
   * Runs one command and returns its exit status. Tests call this, so they see what a shell sees.
   */
  public static int run(PrintWriter out, PrintWriter err, String... args) {
    return CommandLines.run(out, err, new Logging(), args);
  }

  // UTF-8 whatever the locale says: output is read by programs.
  private static PrintWriter writer(OutputStream stream) {
    return new PrintWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8), true);
  }
}
