package io.mlserve.serving;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What one version needs to answer requests, made when the first one comes: its queue, and the
 * batches that are not in use, with the memory of their tensors. Thread-safe.
 */
final class VersionLanes implements AutoCloseable {
  private final Servable servable;
  private final Ledger ledger;
  private final PoolLane pool;
  private final Deque<Batch> spare = new ArrayDeque<>(); // guarded by itself
  private boolean closed;

  VersionLanes(Servable servable, Ledger ledger, int runners) {
    this.servable = servable;
    this.ledger = ledger;
    this.pool = new PoolLane(this, runners, ledger);
  }

  Servable servable() {
    return servable;
  }

  PoolLane pool() {
    return pool;
  }

  /** A batch for the calling thread, which gives it back when nothing waits in it. */
  Batch borrow() {
    synchronized (spare) {
      Batch kept = spare.poll();
      if (kept != null) {
        return kept;
      }
    }
    return new Batch(this, ledger);
  }

  void giveBack(Batch batch) {
    synchronized (spare) {
      if (!closed) {
        spare.push(batch);
        return;
      }
    }
    batch.close();
  }

  /** Frees what is native; what is in use follows when it is given back. */
  @Override
  public void close() {
    synchronized (spare) {
      closed = true;
      spare.forEach(Batch::close);
      spare.clear();
    }
  }
}
