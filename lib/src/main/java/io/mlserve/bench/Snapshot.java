package io.mlserve.bench;

import java.time.Duration;
import org.HdrHistogram.AbstractHistogram;

/**
 * The last interval of a run that goes on, about a second.
 *
 * @param sinceStart the end of the interval, counted from the start of the run
 * @param length of the interval
 * @param warmingUp whether the interval ended within the warm-up
 * @param sent requests sent in it
 * @param ok right answers that arrived in it
 * @param failed failures that became known in it
 * @param outstanding requests under way or overdue at its end
 * @param latency of the right answers that arrived in it, in nanoseconds; the receiver's own
 */
public record Snapshot(
    Duration sinceStart,
    Duration length,
    boolean warmingUp,
    long sent,
    long ok,
    long failed,
    long outstanding,
    AbstractHistogram latency) {}
