package io.mlserve.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The Java of this test with options for a short run, as silent as the launcher makes it. */
final class JavaCommand {
  private static final int FIRST_THAT_WARNS = 24; // of native code and of sun.misc.Unsafe

  private JavaCommand() {}

  /** The program and its options; the main class comes next. The caller may change the list. */
  static List<String> start() {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xshare:auto"));
    if (Runtime.version().feature() >= FIRST_THAT_WARNS) {
      command.add("--enable-native-access=ALL-UNNAMED");
      command.add("--sun-misc-unsafe-memory-access=allow");
    }
    return command;
  }
}
