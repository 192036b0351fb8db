package io.mlserve.metrics;

import io.mlserve.metrics.LifeMetrics.Loaded;
import java.util.Optional;

/**
 * Where a version is in its life.
 *
 * @param state empty text until it entered one
 * @param enteredMillis when it did, in milliseconds since 1970
 * @param loaded what became known at its latest load
 * @param loadedMillis when that was
 * @param isClosed whether its memory was freed since
 */
record VersionLife(
    String state,
    long enteredMillis,
    Optional<Loaded> loaded,
    long loadedMillis,
    boolean isClosed) {
  static final VersionLife NEW = new VersionLife("", 0, Optional.empty(), 0, false);

  VersionLife entered(String next, long millis) {
    return new VersionLife(next, millis, loaded, loadedMillis, isClosed);
  }

  VersionLife loaded(Loaded what, long millis) {
    return new VersionLife(state, enteredMillis, Optional.of(what), millis, false);
  }

  VersionLife closed() {
    return new VersionLife(state, enteredMillis, loaded, loadedMillis, true);
  }

  /** Memory that it takes, about, in bytes. */
  long memory() {
    return isClosed ? 0 : loaded.map(Loaded::fileBytes).orElse(0L);
  }
}
