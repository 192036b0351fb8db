package io.mlserve.store;

import java.time.Instant;

/**
 * What was seen of a timestamp file. Two stamps are equal when nothing about the file has moved:
 * its time to the nanosecond, its identity on the disk, its size and what it says. The identity
 * catches a file that was replaced within the resolution of the clock.
 *
 * @param modified as the file system gives it
 * @param fileKey device and inode, or empty where the file system has none
 * @param size in bytes
 * @param content the first kilobyte as text
 */
public record Stamp(Instant modified, String fileKey, long size, String content) {}
