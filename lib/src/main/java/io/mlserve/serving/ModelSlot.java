package io.mlserve.serving;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Holds what is current and lets it be leased while it is swapped. A lease always gets the value
 * that was current at some moment of the call; a value that was swapped out is retired when its
 * last lease ends, never before, and exactly once. Nobody waits for anybody.
 */
public final class ModelSlot<T> implements AutoCloseable {
  private final AtomicReference<@Nullable Retained<T>> current = new AtomicReference<>();
  private final Consumer<T> retire;

  /**
   * @param retire frees a value; called once per value, by the thread that lets go last
   */
  public ModelSlot(Consumer<T> retire) {
    this.retire = retire;
  }

  /** A lease of what is current, or empty if nothing is; the caller closes it. */
  public Optional<Lease<T>> lease() {
    Retained<T> seen = current.get();
    while (seen != null) {
      if (seen.retain()) {
        return Optional.of(new Lease<>(seen));
      }
      // a swap retired it between the two lines; the slot already holds its successor
      seen = current.get();
    }
    return Optional.empty();
  }

  /** Makes {@code next} current; what was current before is retired by its last lease. */
  public void swap(T next) {
    put(new Retained<>(next, retire));
  }

  /** Empties the slot. */
  @Override
  public void close() {
    put(null);
  }

  private void put(@Nullable Retained<T> next) {
    Retained<T> before = current.getAndSet(next);
    if (before != null) {
      before.release();
    }
  }
}
