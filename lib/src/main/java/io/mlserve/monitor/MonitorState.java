package io.mlserve.monitor;

import io.mlserve.remote.DoneMark;
import java.time.Instant;
import java.util.Optional;

/**
 * What a monitor must not forget when it is restarted.
 *
 * @param applied the latest publication that is in effect
 * @param refused the latest model that can never be served
 * @param failure the latest attempt, if it failed
 */
record MonitorState(
    Optional<Applied> applied, Optional<Refused> refused, Optional<Failure> failure) {
  static final MonitorState EMPTY =
      new MonitorState(Optional.empty(), Optional.empty(), Optional.empty());

  /**
   * A publication in effect.
   *
   * @param source names where it came from, without secrets
   * @param sha256 of the file or folder that was pulled
   * @param version the name of the version's folder
   */
  record Applied(String source, DoneMark mark, String sha256, String version, Instant at) {}

  /**
   * A model that is bad whenever it is looked at.
   *
   * @param sha256 of the file or folder that was pulled
   * @param sight what the source calls the state of that file; empty if it has no name for it
   * @param rules what it was judged by; other rules may come to another verdict
   */
  record Refused(String sha256, String sight, String rules, String reason, Instant at) {}

  /**
   * An attempt that failed.
   *
   * @param count in a row, for the same donefile
   */
  record Failure(Instant at, int count, String code, String message) {}

  /** What is in effect of the publications of {@code source}, if {@code served} bears it out. */
  Optional<Applied> applied(String source, Optional<String> served) {
    return applied
        .filter(a -> a.source().equals(source))
        .filter(a -> served.equals(Optional.of(a.version())));
  }

  MonitorState withApplied(Applied now) {
    return new MonitorState(Optional.of(now), refused, Optional.empty());
  }

  MonitorState withRefused(Refused now) {
    return new MonitorState(applied, Optional.of(now), failure);
  }

  MonitorState withFailure(Failure now) {
    return new MonitorState(applied, refused, Optional.of(now));
  }
}
