package io.mlserve.bench;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What a server is shown, and what it must show.
 *
 * @param headers sent with every request
 * @param compress whether bodies and messages are sent compressed with gzip
 * @param authorities PEM file with the certificates to trust, instead of those of the Java runtime
 * @param certificate PEM file with our own; only with {@code key}
 * @param key PEM file, PKCS 8
 */
public record Access(
    List<Header> headers,
    boolean compress,
    Optional<Path> authorities,
    Optional<Path> certificate,
    Optional<Path> key) {
  /** Nothing is shown, and the Java runtime says whom to trust. */
  public static final Access PLAIN =
      new Access(List.of(), false, Optional.empty(), Optional.empty(), Optional.empty());

  public Access {
    headers = List.copyOf(headers);
  }
}
