package io.mlserve.archive;

import java.nio.file.Path;

/**
 * What an unpacking did.
 *
 * @param folder the folder that now holds the content, with links resolved
 * @param format what the archive was
 * @param files number of files
 * @param folders number of folders below {@code folder}
 * @param bytes bytes of all files
 * @param skipped members left out because all their names were stripped
 * @param unchanged true if the folder held exactly this already and nothing was written
 */
public record UnpackResult(
    Path folder,
    Format format,
    long files,
    long folders,
    long bytes,
    long skipped,
    boolean unchanged) {}
