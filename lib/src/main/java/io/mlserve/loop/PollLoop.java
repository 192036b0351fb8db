package io.mlserve.loop;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One daemon thread that runs a step at once and then {@code interval} after each step has ended. A
 * step that throws is logged and does not end the loop.
 */
public final class PollLoop implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(PollLoop.class);

  private final Semaphore wakes = new Semaphore(0);
  private volatile boolean closed;
  private final Duration interval;
  private final Runnable step;
  private final Thread thread;

  @SuppressWarnings("ThreadPriorityCheck") // who goes first, not whether the result is right
  private PollLoop(String name, int priority, Duration interval, Runnable step) {
    this.interval = interval;
    this.step = step;
    this.thread = new Thread(this::run, name);
    this.thread.setDaemon(true);
    this.thread.setPriority(priority);
  }

  /** Starts the thread {@code name}; the caller closes the loop. */
  public static PollLoop start(String name, Duration interval, Runnable step) {
    return start(name, Thread.NORM_PRIORITY, interval, step);
  }

  /**
   * The same for steps that nobody waits for and that may take long: where the JVM was told what
   * its priorities mean to the system, they get what other threads leave.
   */
  public static PollLoop startInBackground(String name, Duration interval, Runnable step) {
    return start(name, Thread.MIN_PRIORITY, interval, step);
  }

  private static PollLoop start(String name, int priority, Duration interval, Runnable step) {
    PollLoop loop = new PollLoop(name, priority, interval, step);
    loop.thread.start();
    return loop;
  }

  private void run() {
    try {
      do {
        try {
          step.run();
        } catch (RuntimeException e) {
          log.error("{}: step failed, going on", thread.getName(), e);
        }
        await();
      } while (!closed);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the step was asked to stop: so is the loop
    }
  }

  private void await() throws InterruptedException {
    if (wakes.tryAcquire(interval.toNanos(), TimeUnit.NANOSECONDS)) {
      wakes.drainPermits(); // one step answers all that woke it
    }
  }

  /** Runs the step as soon as possible, once more if it is running now. */
  public void wake() {
    wakes.release();
  }

  /** Ends the loop after a running step, without waiting for that. */
  public void stop() {
    closed = true;
    wakes.release();
  }

  /** Ends the wait at once and returns when a running step has ended. */
  @Override
  public void close() {
    stop();
    boolean interrupted = false;
    while (thread.isAlive() && thread != Thread.currentThread()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
        thread.interrupt();
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
