/**
 * Who still asks for a version, and whether it may go.
 *
 * <p>Start at {@link io.mlserve.usage.UsageRule}: it judges {@link io.mlserve.usage.Evidence}, and
 * takes nothing for unused that was merely not seen. {@link io.mlserve.usage.Growth} says what grew
 * when, {@link io.mlserve.usage.RateHistory} what the busiest hour was. The evidence comes from one
 * of the {@link io.mlserve.usage.UsageSource}s: servers, a Prometheus server, recorded scrapes.
 *
 * <p>Judging and adding up touch no file, network or clock. Reading an exposition and asking over
 * HTTP belong to {@code metrics}; what a server does when a version is retired belongs to it.
 */
@NullMarked
package io.mlserve.usage;

import org.jspecify.annotations.NullMarked;
