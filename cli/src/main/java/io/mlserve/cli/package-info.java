/** The main class: {@link io.mlserve.cli.Main}. The only place that exits. */
@NullMarked
package io.mlserve.cli;

import org.jspecify.annotations.NullMarked;
