/**
 * Running a model: the only place that knows ONNX Runtime.
 *
 * <p>Start at {@link io.mlserve.runtime.OnnxModel}: load a file, ask its signature, run it, close
 * it.
 *
 * <p>When a model may be closed is not decided here: closing one that runs crashes the process, so
 * {@code serving} counts who uses it.
 */
@NullMarked
package io.mlserve.runtime;

import org.jspecify.annotations.NullMarked;
