package io.mlserve.change;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Lets a mark pass only once it was seen twice in a row: something that still grows looks different
 * each time.
 *
 * <p>Not thread-safe: the loop that polls it owns it.
 *
 * @param <M> the mark, compared by {@code equals}
 */
public final class Settled<M> {
  private @Nullable M last;

  /** {@code seen} if it equals what was seen the time before, otherwise empty. */
  public Optional<M> observe(Optional<M> seen) {
    Optional<M> settled = seen.filter(mark -> mark.equals(last));
    last = seen.orElse(null);
    return settled;
  }
}
