package io.mlserve.bench.verdict;

/**
 * One stretch of a run. Runs are compared by their windows, because requests that follow each other
 * share their fate: windows differ from each other by all that disturbs a machine.
 *
 * @param seconds how long it was
 * @param sent requests that were due in it
 * @param failed those of them that failed or were answered wrongly
 * @param latency of the others
 */
public record WindowSample(double seconds, long sent, long failed, LatencyCounts latency) {}
