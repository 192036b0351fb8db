package io.mlserve.remote;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What was downloaded.
 *
 * @param path the file or folder, complete and on the disk
 * @param bytes of the file, or of all files of the folder
 * @param files 1 for a file
 * @param sha256 of the file; of a folder, of its sorted {@code sha256sum} lines
 * @param resumedFrom how many of the bytes an earlier attempt or run had left
 * @param attempts at least one
 * @param validator what the source calls the state of the file that was downloaded
 */
public record Download(
    Path path,
    long bytes,
    int files,
    Checksum sha256,
    long resumedFrom,
    int attempts,
    Optional<Validator> validator) {}
