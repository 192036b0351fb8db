package io.mlserve.serving;

import io.mlserve.batch.BatchSizing;
import io.mlserve.serving.InferencePool.Call;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;

/**
 * Runs fast models on the event loop that read the request: nothing is handed to another thread.
 * Requests that the loop finds in one look at its sockets are read one after another, and run
 * together when it has seen them all; so batching needs no timer, and a request that comes alone
 * waits for nobody.
 *
 * <p>Owned by one event loop.
 */
final class LoopLane {
  private static final long SLICE_NANOS = 1_000_000; // then sockets are looked at again

  private final Executor loop;
  private List<Batch> open = new ArrayList<>(); // one for each version that was asked for
  private List<Batch> spare = new ArrayList<>();
  private boolean due;

  /**
   * @param loop runs tasks when it has looked at all sockets that had something
   */
  LoopLane(Executor loop) {
    this.loop = loop;
  }

  /**
   * Reads {@code call} and sees to its end, on this thread.
   *
   * @return false if it would hold up the loop: then nothing was done
   */
  boolean take(
      Call call, Lease<Servable> lease, VersionLanes version, BatchSizing.Decision sizing) {
    Batch batch = idle(version);
    boolean taken = batch.add(call, lease, sizing.loopRows(), BatchSizing.LOOP_NANOS);
    if (batch.rows() == 0) {
      open.remove(batch);
      version.giveBack(batch);
    } else if (!due) {
      due = true;
      loop.execute(this::run);
    }
    return taken;
  }

  // An answer may let the next request of its connection in, which then leads here while the batch
  // of the first is still at work.
  private Batch idle(VersionLanes version) {
    for (int i = 0; i < open.size(); i++) {
      Batch batch = open.get(i);
      if (batch.home() == version && !batch.isAtWork()) {
        return batch;
      }
    }
    Batch batch = version.borrow();
    open.add(batch);
    return batch;
  }

  private void run() {
    List<Batch> ready = open;
    open = spare; // what comes while these are answered makes batches of its own
    due = false;
    long start = System.nanoTime();
    int next = 0;
    while (next < ready.size() && (next == 0 || System.nanoTime() - start < SLICE_NANOS)) {
      Batch batch = ready.get(next++);
      batch.run();
      batch.home().giveBack(batch);
    }
    for (; next < ready.size(); next++) {
      open.add(ready.get(next));
    }
    ready.clear();
    spare = ready;
    if (!due && !open.isEmpty()) {
      due = true;
      loop.execute(this::run);
    }
  }
}
