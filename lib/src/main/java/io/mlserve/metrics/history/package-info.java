/**
 * What a server remembers of its own traffic, with no other system at hand: how often each version
 * was asked for, over a day in steps of five minutes, and over a month in hours.
 *
 * <p>Start at {@link io.mlserve.metrics.history.TrafficRecorder}; {@link
 * io.mlserve.metrics.history.TrafficHistory} decides, with the time as an argument.
 *
 * <p>The counting itself is done in {@code metrics}; who may see the history, in {@code admin}.
 */
@NullMarked
package io.mlserve.metrics.history;

import org.jspecify.annotations.NullMarked;
