package io.mlserve.cli;

import io.mlserve.loop.PollLoop;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Prints how nice a thread that loads models is, and how nice the others are, as Linux sees it. */
final class Niceness {
  private static final int NICE = 19; // of the fields of /proc/PID/stat, counted from 1

  private Niceness() {}

  public static void main(String[] args) {
    CompletableFuture<String> loading = new CompletableFuture<>();
    PollLoop loop =
        PollLoop.startInBackground("load", Duration.ofHours(1), () -> loading.complete(nice()));
    System.out.println(loading.join() + " " + nice());
    loop.close();
  }

  private static String nice() {
    try {
      String[] fields = Files.readString(Path.of("/proc/thread-self/stat")).split(" ", -1);
      return fields[NICE - 1];
    } catch (IOException e) {
      return "unknown";
    }
  }
}
