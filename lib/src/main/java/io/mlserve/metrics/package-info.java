/**
 * What is counted, and how it is shown to Prometheus.
 *
 * <p>Start at {@link io.mlserve.metrics.ServingMetrics} for what the server counts, and at {@link
 * io.mlserve.metrics.Scrape}, {@link io.mlserve.metrics.Exposition} and {@link
 * io.mlserve.metrics.ServerTraffic} for the way back: what a running server says about itself.
 *
 * <p>When something is counted is decided where it happens; nothing here runs, loads or serves.
 */
@NullMarked
package io.mlserve.metrics;

import org.jspecify.annotations.NullMarked;
