package io.mlserve.bench;

import java.time.Duration;

/**
 * Something to do to the server in the middle of a run.
 *
 * @param command for a shell
 * @param at counted from the end of the warm-up
 */
public record LoadEvent(String command, Duration at) {}
