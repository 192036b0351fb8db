/**
 * Calls a step every interval until closed.
 *
 * <p>Start at {@link io.mlserve.loop.PollLoop}. What the step does, and whether it is due, belongs
 * to whoever passes it in.
 */
@NullMarked
package io.mlserve.loop;

import org.jspecify.annotations.NullMarked;
