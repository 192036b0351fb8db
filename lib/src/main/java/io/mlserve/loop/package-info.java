/**
 * Calls a step every interval until closed.
 *
 * <p>Start at {@link io.mlserve.loop.PollLoop}.
 *
 * <p>What the step does belongs to whoever passes it in, and whether something is due to {@code
 * change}.
 */
@NullMarked
package io.mlserve.loop;

import org.jspecify.annotations.NullMarked;
