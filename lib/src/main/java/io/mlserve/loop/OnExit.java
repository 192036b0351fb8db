package io.mlserve.loop;

/**
 * A step that runs when the process is asked to end from outside, in the few seconds that are left,
 * unless this is closed before. For what would outlive the process, such as its children; all else
 * must bear a kill anyway.
 */
public final class OnExit implements AutoCloseable {
  private final Thread hook;

  private OnExit(Thread hook) {
    this.hook = hook;
  }

  /** Registers {@code step}, which runs on a thread {@code name} while other threads still run. */
  public static OnExit run(String name, Runnable step) {
    Thread hook = new Thread(step, name);
    Runtime.getRuntime().addShutdownHook(hook);
    return new OnExit(hook);
  }

  /** Forgets the step. Does nothing when the process is on its way out already. */
  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // the step runs or has run
    }
  }
}
