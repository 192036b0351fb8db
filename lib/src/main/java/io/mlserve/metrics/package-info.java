/**
 * What is counted, and how it is shown to Prometheus.
 *
 * <p>Start at {@link io.mlserve.metrics.ServingMetrics} for what the server counts.
 *
 * <p>When something is counted is decided where it happens; nothing here runs, loads or serves.
 */
@NullMarked
package io.mlserve.metrics;

import org.jspecify.annotations.NullMarked;
