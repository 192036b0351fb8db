/**
 * Tensors as JSON, as far as the dialects agree on them.
 *
 * <p>Start at {@link io.mlserve.protocol.json.ElementWriter}.
 *
 * <p>How values nest, and which of them a dialect takes, is decided in its own package.
 */
@NullMarked
package io.mlserve.protocol.json;

import org.jspecify.annotations.NullMarked;
