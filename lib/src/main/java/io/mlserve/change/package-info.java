/**
 * Decides when something seen from outside, a touched file or a new donefile, must be acted on.
 *
 * <p>Start at {@link io.mlserve.change.ChangeMachine}. It compares what was just seen with what was
 * last applied and answers with the mark to apply now, or nothing. The server uses it for reloads,
 * the monitor for pulls.
 *
 * <p>Nothing here reads a file, a clock or a thread: callers say what they saw and when. Reading
 * the timestamp file belongs to {@code store}; loading and swapping belong to {@code serving}.
 */
@NullMarked
package io.mlserve.change;

import org.jspecify.annotations.NullMarked;
