/**
 * Writes completion scripts and man pages from the command model, and proves that the committed
 * ones are what it writes.
 *
 * <p>Start at {@link io.mlserve.cli.docs.GeneratedFiles}. One class per form of file.
 *
 * <p>Help texts stand in the commands themselves: to change a page, change them and regenerate.
 */
@NullMarked
package io.mlserve.cli.docs;

import org.jspecify.annotations.NullMarked;
