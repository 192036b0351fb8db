package io.mlserve.serving;

import io.mlserve.error.ErrorCode;
import java.time.Instant;
import java.util.Optional;

/**
 * Where a version is in its life.
 *
 * @param since when it entered that state
 * @param failure why it ended, if it failed to load
 */
public record VersionStatus(long version, State state, Instant since, Optional<Failure> failure) {
  /** TensorFlow Serving's states. */
  public enum State {
    LOADING,
    AVAILABLE,
    UNLOADING,
    END
  }

  /** Why a version could not be loaded. */
  public record Failure(ErrorCode code, String message) {}
}
