package io.mlserve.serving;

import io.mlserve.serving.VersionStatus.Failure;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Something that came of a load or an unload.
 *
 * @param status where the version was then, since when, and why if it failed
 * @param occasion how it came to that
 */
public record VersionEvent(VersionStatus status, Occasion occasion) {
  /** Who or what wanted it. */
  public enum Cause {
    /** It was there when the server started. */
    START("start"),
    /** Files came, changed or were touched. */
    FILES("files"),
    /** Somebody asked for it at the port for operators, or by an API for it. */
    OPERATOR("operator"),
    /** A configuration came into effect. */
    CONFIGURATION("configuration"),
    /** The version policy: other versions are wanted now. */
    POLICY("policy"),
    /** The server stops, or does without the model. */
    STOP("stop");

    private final String label;

    Cause(String label) {
      this.label = label;
    }

    /** How operators see it. */
    public String label() {
      return label;
    }
  }

  /**
   * The circumstances.
   *
   * @param took a load: until it answered or failed; an unload: until its last request had ended
   * @param source the model file, of a load
   * @param before the version that answered by default before a load
   */
  public record Occasion(
      Cause cause, Optional<Duration> took, Optional<Path> source, OptionalLong before) {
    static Occasion unload(Cause cause, Duration took) {
      return new Occasion(cause, Optional.of(took), Optional.empty(), OptionalLong.empty());
    }
  }

  public Instant at() {
    return status.since();
  }

  public long version() {
    return status.version();
  }

  Optional<Failure> failure() {
    return status.failure();
  }
}
