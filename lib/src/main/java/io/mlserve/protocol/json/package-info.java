/**
 * Tensors as JSON, as far as the dialects agree on them.
 *
 * <p>Start at {@link io.mlserve.protocol.json.RequestJson}: a parser, and a shortcut past it for
 * arrays of numbers, which {@link io.mlserve.protocol.json.ElementReader} reads one by one where
 * there is anything else in them. Answers are written by {@link
 * io.mlserve.protocol.json.ElementWriter}.
 *
 * <p>How values nest, and which of them a dialect takes, is decided in its own package.
 */
@NullMarked
package io.mlserve.protocol.json;

import org.jspecify.annotations.NullMarked;
