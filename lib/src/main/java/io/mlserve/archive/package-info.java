/** Unpacking archives without being attacked. */
@NullMarked
package io.mlserve.archive;

import org.jspecify.annotations.NullMarked;
