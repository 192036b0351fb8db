package io.mlserve.bench;

import java.time.Duration;
import java.util.OptionalInt;

/**
 * Something that was done to the server in the middle of a run.
 *
 * @param name the command as it was given
 * @param at when it began, counted from the start of the run, warm-up included
 * @param took how long it ran; until the end of the run if it had not ended then
 * @param exitStatus empty if it had not ended with the run
 * @param output the last lines that it printed, for people
 */
public record EventReport(
    String name, Duration at, Duration took, OptionalInt exitStatus, String output) {}
