/**
 * Keeps a model on the local disk equal to the newest one that a source has published.
 *
 * <p>Start at {@link io.mlserve.monitor.MonitorCycle}: one pass, a straight line from the donefile
 * to the touched timestamp file. {@link io.mlserve.monitor.MonitorLoop} repeats it for ever.
 *
 * <p>How bytes are fetched belongs to {@code remote}, how an archive is opened to {@code archive},
 * how a version gets its place to {@code store}, and when a mark is due to {@code change}.
 */
@NullMarked
package io.mlserve.monitor;

import org.jspecify.annotations.NullMarked;
