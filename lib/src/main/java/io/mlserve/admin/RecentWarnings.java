package io.mlserve.admin;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * What this process last warned of, for who looks at the server instead of its log. Whoever sets up
 * logging adds to it. Thread-safe.
 */
public final class RecentWarnings {
  /** Those of this process, as its log is one. */
  public static final RecentWarnings SHARED = new RecentWarnings();

  private static final int KEPT = 30;

  private final Deque<Warning> warnings = new ArrayDeque<>(); // newest first; guarded by this

  /**
   * One line of the log.
   *
   * @param level {@code WARN} or {@code ERROR}
   */
  public record Warning(Instant at, String level, String message) {}

  /** Forgets the oldest if there are many. */
  public synchronized void add(Warning warning) {
    warnings.addFirst(warning);
    if (warnings.size() > KEPT) {
      warnings.removeLast();
    }
  }

  /** Newest first. */
  public synchronized List<Warning> all() {
    return List.copyOf(warnings);
  }
}
