package io.mlserve.cli;

import io.mlserve.commands.CommandLines;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/** {@code mlserve}. */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    if (Boolean.getBoolean("mlserve.training")) {
      System.exit(Training.run());
    }
    System.exit(run(writer(FileDescriptor.out), writer(FileDescriptor.err), args));
  }

  /**
   * Runs one command and returns its exit status. Tests call this, so they see what a shell sees.
   */
  public static int run(PrintWriter out, PrintWriter err, String... args) {
    int status = CommandLines.create(out, err).execute(args);
    out.flush();
    err.flush();
    return status;
  }

  // UTF-8 whatever the locale says: output is read by programs.
  private static PrintWriter writer(FileDescriptor descriptor) {
    return new PrintWriter(
        new OutputStreamWriter(new FileOutputStream(descriptor), StandardCharsets.UTF_8), true);
  }
}
