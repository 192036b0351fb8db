package io.mlserve.serving;

import java.util.concurrent.atomic.AtomicBoolean;

/** The right to use one value for one request, given back by {@link #close}. */
public final class Lease<T> implements AutoCloseable {
  private final Retained<T> retained;
  private final AtomicBoolean closed = new AtomicBoolean();

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
    if (closed.compareAndSet(false, true)) {
      retained.release();
    }
  }
}
