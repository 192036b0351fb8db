package io.mlserve.serving;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * A value that is kept alive by counted holds and retired exactly once, by whoever lets go last. It
 * starts with one hold, its maker's. Thread-safe.
 */
final class Retained<T> {
  private final T value;
  private final Consumer<T> retire;
  private final AtomicInteger holds = new AtomicInteger(1);

  Retained(T value, Consumer<T> retire) {
    this.value = value;
    this.retire = retire;
  }

  /** Takes one more hold, unless the value is already retired. */
  boolean retain() {
    int held = holds.get();
    while (held > 0) {
      if (holds.compareAndSet(held, held + 1)) {
        return true;
      }
      held = holds.get();
    }
    return false;
  }

  /** Gives one hold back; the last one retires the value, on this thread. */
  void release() {
    int left = holds.decrementAndGet();
    if (left == 0) {
      retire.accept(value);
    } else if (left < 0) {
      throw new IllegalStateException("released more often than retained");
    }
  }

  /** Valid while the caller has a hold. */
  T value() {
    return value;
  }

  /** Holds now; for status only. */
  int holds() {
    return holds.get();
  }
}
