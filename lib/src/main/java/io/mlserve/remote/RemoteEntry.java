package io.mlserve.remote;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a source says of one file or folder.
 *
 * @param name the last part of its path
 * @param folder whether it has children instead of bytes
 * @param size length in bytes, if the source says
 * @param modified as exact as the source says it, if it does
 * @param validator an opaque token that changes whenever the bytes change: a strong ETag, or what
 *     the source offers of the kind
 */
public record RemoteEntry(
    String name,
    boolean folder,
    OptionalLong size,
    Optional<Instant> modified,
    Optional<String> validator) {}
