package io.mlserve.serving;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many requests may be under way at once; more are refused at once, not queued. Thread-safe.
 */
public final class Admission {
  private final int limit;
  private final AtomicInteger inside = new AtomicInteger();

  public Admission(int limit) {
    this.limit = limit;
  }

  /** Whether one more may enter; who may must {@link #leave}. */
  public boolean tryEnter() {
    if (inside.incrementAndGet() <= limit) {
      return true;
    }
    inside.decrementAndGet();
    return false;
  }

  public void leave() {
    inside.decrementAndGet();
  }

  /** How many are inside now. */
  public int inside() {
    return Math.max(0, Math.min(limit, inside.get()));
  }

  public int limit() {
    return limit;
  }
}
