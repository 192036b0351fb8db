package io.mlserve.change;

import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The decision when to apply a changed mark. Any difference counts, an older mark included, so a
 * rollback is just another touch. A mark that disappears never undoes what was applied.
 *
 * <p>Not thread-safe: the loop that polls it owns it.
 *
 * @param <M> the mark, compared by {@code equals}
 */
public final class ChangeMachine<M> {
  private final Backoff backoff;

  private @Nullable M applied; // null until a first mark is applied
  private @Nullable M failing; // non-null while the latest attempt has failed
  private int failures;
  private Instant retryAt = Instant.MIN;

  public ChangeMachine(Backoff backoff) {
    this.backoff = backoff;
  }

  /** Returns the mark to apply now, or empty if there is nothing to do yet. */
  public Optional<M> observe(Optional<M> seen, Instant now) {
    return seen.filter(mark -> !mark.equals(applied))
        .filter(mark -> !mark.equals(failing) || !now.isBefore(retryAt));
  }

  /** Call once {@code mark} is fully in effect, never before. */
  public void applied(M mark) {
    applied = mark;
    failing = null;
    failures = 0;
  }

  /** Call when applying {@code mark} failed; what was applied before it stays in effect. */
  public void failed(M mark, Instant now) {
    failures = mark.equals(failing) ? failures + 1 : 1;
    failing = mark;
    retryAt = now.plus(backoff.delay(failures));
  }

  /** How often in a row the latest mark has failed; zero after a success. */
  public int failures() {
    return failures;
  }

  /** When a failing mark is due again; in the past when nothing is failing. */
  public Instant retryAt() {
    return retryAt;
  }
}
