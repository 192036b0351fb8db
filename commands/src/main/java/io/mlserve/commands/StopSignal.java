package io.mlserve.commands;

import org.jline.utils.Signals;

/**
 * Turns the first SIGINT or SIGTERM into an interrupt of one thread, so that a command can still
 * print what it has. The second one ends the process at once, as without this.
 *
 * <p>A JVM shutdown hook would hear of the signal, too, but then the JVM is going down while the
 * command still works, and its exit status is no longer the command's to choose.
 */
final class StopSignal implements AutoCloseable {
  private static final int TERMINATED = 143;

  private final Thread thread;
  private volatile int exitStatus = ExitStatus.INTERRUPTED;

  private StopSignal(Thread thread) {
    this.thread = thread;
  }

  /** To be closed by the same thread when it can stop no more. */
  static StopSignal interrupts(Thread thread) {
    StopSignal stop = new StopSignal(thread);
    Signals.register("INT", () -> stop.stop(ExitStatus.INTERRUPTED));
    Signals.register("TERM", () -> stop.stop(TERMINATED));
    return stop;
  }

  /** The status that belongs to the signal that came; SIGINT's if the thread was interrupted. */
  int exitStatus() {
    return exitStatus;
  }

  /** From now on both signals end the process at once, as they do by default. */
  @Override
  public void close() {
    Signals.registerDefault("INT");
    Signals.registerDefault("TERM");
  }

  private void stop(int status) {
    close();
    exitStatus = status;
    thread.interrupt();
  }
}
