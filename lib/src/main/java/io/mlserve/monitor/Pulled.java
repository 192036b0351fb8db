package io.mlserve.monitor;

import java.nio.file.Path;

/**
 * A model on this disk as it was published, packed or not.
 *
 * @param path a file or a folder in the staging folder
 * @param bytes of the file, or of all files
 * @param sha256 of the file, or of the folder's list of files
 * @param sight what the source calls the state of the file; empty if it has no name for it
 */
record Pulled(Path path, long bytes, String sha256, String sight) {}
