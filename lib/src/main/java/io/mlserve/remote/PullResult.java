package io.mlserve.remote;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What a {@link Pull} did, or would do.
 *
 * @param target the file or folder
 * @param changed false if the target was what it should be already
 * @param bytes downloaded, what earlier attempts had left included; 0 if nothing changed
 * @param files downloaded; 0 if nothing changed
 * @param sha256 of the downloaded file, or of the folder's sorted {@code sha256sum} lines
 * @param resumedFrom how many of the bytes earlier attempts or runs had left
 * @param attempts 0 if nothing changed
 */
public record PullResult(
    Path target,
    boolean changed,
    long bytes,
    int files,
    Optional<Checksum> sha256,
    long resumedFrom,
    int attempts) {}
