package io.mlserve.remote;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a source says of one file or folder.
 *
 * @param name the last part of its path; empty for the root of a source
 * @param folder whether it has children instead of bytes
 * @param size length in bytes, if the source says
 * @param modified as exact as the source says it, if it does
 * @param validator names this state of the file, if the source can
 */
public record RemoteEntry(
    String name,
    boolean folder,
    OptionalLong size,
    Optional<Instant> modified,
    Optional<Validator> validator) {

  /** A folder of which only the name is known. */
  static RemoteEntry folder(String name) {
    return new RemoteEntry(name, true, OptionalLong.empty(), Optional.empty(), Optional.empty());
  }

  /** A file of which only the name is known. */
  static RemoteEntry file(String name) {
    return new RemoteEntry(name, false, OptionalLong.empty(), Optional.empty(), Optional.empty());
  }
}
