/** One monitor cycle: see, fetch, check, install, touch. */
@NullMarked
package io.mlserve.monitor;

import org.jspecify.annotations.NullMarked;
