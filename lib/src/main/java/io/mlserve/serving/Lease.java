package io.mlserve.serving;

import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

/** The right to use one value for one request, given back by {@link #close}. */
public final class Lease<T> implements AutoCloseable {
  @SuppressWarnings("rawtypes") // a class has no type arguments
  private static final AtomicIntegerFieldUpdater<Lease> CLOSED =
      AtomicIntegerFieldUpdater.newUpdater(Lease.class, "closed");

  private final Retained<T> retained;

  @SuppressWarnings("UnusedVariable") // read and written through CLOSED
  private volatile int closed;

  Lease(Retained<T> retained) {
    this.retained = retained;
  }

  /** Not to be used after {@link #close}. */
  public T value() {
    return retained.value();
  }

  /** The second time does nothing. */
  @Override
  public void close() {
    if (CLOSED.compareAndSet(this, 0, 1)) {
      retained.release();
    }
  }
}
