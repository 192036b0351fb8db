package io.mlserve.bench;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** One event loop's share of a load. */
interface Lane {
  /**
   * What the lanes of a run share.
   *
   * @param startNanos when the run began, by {@link System#nanoTime()}
   * @param requests how many different ones were prepared
   * @param running counts the lanes that have not ended
   */
  record Shared(
      boolean isOpen,
      long startNanos,
      int requests,
      Tickets tickets,
      Wire.Prepared prepared,
      Judge judge,
      Progress progress,
      CountDownLatch running,
      AtomicReference<@Nullable RuntimeException> bug) {
    long sinceStart(long nanoTime) {
      return nanoTime - startNanos;
    }

    /** A bug on an event loop would be swallowed there, and the run would wait for ever. */
    void guard(Runnable step) {
      try {
        step.run();
      } catch (RuntimeException e) {
        bug.compareAndSet(null, e);
        tickets.stop();
      }
    }
  }

  void start();

  /** Ends at once, without waiting for answers under way. */
  void abandon();

  /** Requests under way or overdue; any thread may ask, the answer may be a little old. */
  int outstanding();

  /** To be read when the lane has ended. */
  Recorder recorder();

  /** How often connections had to be made again. */
  long reconnects();
}
