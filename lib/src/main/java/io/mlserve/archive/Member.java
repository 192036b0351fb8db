package io.mlserve.archive;

/**
 * One file or folder of an archive that passed every check.
 *
 * @param path where it lies below the target folder
 * @param folder whether it is a folder
 * @param size bytes as counted while reading, holes of a sparse file included; 0 for a folder
 */
public record Member(EntryPath path, boolean folder, long size) {}
