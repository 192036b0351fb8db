package io.mlserve.serving;

import io.mlserve.batch.BatchSizing;
import io.mlserve.serving.InferencePool.Call;
import java.util.Comparator;
import java.util.OptionalLong;
import java.util.PriorityQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Requests for one slow version, run by threads that are no event loops, so many at once as there
 * are cores. While all are busy requests gather, and whichever thread is free takes as many as make
 * a good batch, those first that must be answered first.
 *
 * <p>Every version has its own: none waits behind another's requests, and the kernel shares the
 * cores among their threads. Thread-safe.
 */
final class PoolLane {
  private final VersionLanes version;
  private final Ledger ledger;
  private final int runners;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition came = lock.newCondition();
  private final PriorityQueue<Waiting> queue =
      new PriorityQueue<>(Comparator.comparingLong((Waiting one) -> one.rank));
  private int running;
  private int gathering; // of those that run, who wait for more requests
  private final long origin = System.nanoTime(); // for times that can be compared by size

  /** A request that waits for its turn. */
  private static final class Waiting {
    private final Call call;
    private final Lease<Servable> lease;
    private final long rank; // when it must be answered

    Waiting(Call call, Lease<Servable> lease, long rank) {
      this.call = call;
      this.lease = lease;
      this.rank = rank;
    }
  }

  /**
   * @param runners threads that may run the version at once
   */
  PoolLane(VersionLanes version, int runners, Ledger ledger) {
    this.version = version;
    this.ledger = ledger;
    this.runners = runners;
  }

  /** Puts {@code call} in the queue; one of {@code threads} will see to its end. */
  void take(Call call, Lease<Servable> lease, Executor threads) {
    boolean wanted;
    ledger.queued();
    lock.lock();
    try {
      queue.add(new Waiting(call, lease, call.deadlineNanos() - origin));
      wanted = running < runners && gathering == 0;
      running += wanted ? 1 : 0;
      came.signal();
    } finally {
      lock.unlock();
    }
    if (wanted) {
      try {
        threads.execute(this::work);
      } catch (RejectedExecutionException e) {
        work(); // the server is being closed: whoever brings the last one runs it
      }
    }
  }

  /** Takes batch after batch until nothing waits. */
  private void work() {
    Batch batch = version.borrow();
    boolean done = false;
    try {
      Waiting next = poll();
      while (next != null) {
        gather(batch, next);
        next = poll();
      }
      done = true;
    } finally {
      version.giveBack(batch);
      if (!done) { // an Error: the next request gets another thread
        gone();
      }
    }
  }

  /** The request that must be answered first; null if this thread may go. */
  private @Nullable Waiting poll() {
    lock.lock();
    try {
      Waiting next = queue.poll();
      if (next == null) {
        running--;
      }
      return next;
    } finally {
      lock.unlock();
    }
  }

  private void gone() {
    lock.lock();
    try {
      running--;
    } finally {
      lock.unlock();
    }
  }

  private void gather(Batch batch, Waiting first) {
    BatchSizing sizing = version.servable().sizing();
    int rows = sizing.decision().poolRows();
    long until = first.call.startNanos() + sizing.options().timeout().toNanos();
    Waiting next = first;
    do {
      ledger.taken();
      batch.add(next.call, next.lease, rows, Long.MAX_VALUE);
      // Once it is full it has run, and nothing waits in it.
      next = batch.rows() == 0 ? null : another(until);
    } while (next != null);
    batch.run();
  }

  /** One more for the batch; null if none waits and none comes before {@code until}. */
  private @Nullable Waiting another(long until) {
    lock.lock();
    try {
      Waiting next = queue.poll();
      // Two that wait for more would wait for each other's.
      long left = gathering > 0 ? 0 : until - System.nanoTime();
      gathering++;
      try {
        while (next == null && left > 0) {
          left = came.awaitNanos(left);
          next = queue.poll();
        }
      } finally {
        gathering--;
      }
      return next;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    } finally {
      lock.unlock();
    }
  }

  /**
   * By how many nanoseconds a request that came at {@code startNanos} would miss the objective;
   * empty if it can keep it, or if there is none.
   */
  OptionalLong lateness(long startNanos) {
    long age = System.nanoTime() - startNanos;
    int waits;
    int busy;
    lock.lock();
    try {
      waits = queue.size();
      busy = running;
    } finally {
      lock.unlock();
    }
    return version.servable().sizing().lateness(waits, busy, runners, age);
  }
}
