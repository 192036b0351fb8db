package io.mlserve.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import org.awaitility.Awaitility;

/** {@code mlserve monitor} on a thread of this JVM, up to the front door that a shell has. */
final class MonitorRun implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final Thread thread;
  private volatile int status = -1;

  private MonitorRun(String... arguments) {
    thread =
        new Thread(
            () -> status = Main.run(new PrintWriter(out), new PrintWriter(err, true), arguments),
            "monitor");
    thread.start();
  }

  /** Begins to monitor; the caller closes it. */
  static MonitorRun start(String... arguments) {
    return new MonitorRun(arguments);
  }

  /** Runs to its end, which is what {@code --once} is for. */
  static MonitorRun toItsEnd(String... arguments) {
    MonitorRun run = new MonitorRun(arguments);
    Awaitility.await().atMost(PATIENCE).until(() -> !run.thread.isAlive());
    return run;
  }

  int status() {
    return status;
  }

  String out() {
    return out.toString();
  }

  String err() {
    return err.toString();
  }

  /** How often an event was logged, such as {@code install.done}. */
  int count(String event) {
    return err().split(" " + event.replace(".", "\\.") + " ", -1).length - 1;
  }

  /** Returns when an event was logged {@code times}. */
  void await(String event, int times) {
    Awaitility.await(event)
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(10))
        .until(() -> count(event) >= times || !thread.isAlive());
    if (count(event) < times) {
      throw new AssertionError("no " + event + " in\n" + err());
    }
  }

  boolean isAlive() {
    return thread.isAlive();
  }

  @Override
  public void close() {
    thread.interrupt();
    Awaitility.await().atMost(PATIENCE).until(() -> !thread.isAlive());
  }
}
