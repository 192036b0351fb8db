/**
 * Serving models: lease a version, run on it, swap it, retire it.
 *
 * <p>Start at {@link io.mlserve.serving.ModelRegistry}, which finds a {@link
 * io.mlserve.serving.ServedModel} by name; {@link io.mlserve.serving.ModelSlot} is where versions
 * change under requests, {@link io.mlserve.serving.Reloader} is what changes them.
 *
 * <p>Bytes of a protocol belong to {@code protocol.*}, ONNX Runtime to {@code runtime}, files to
 * {@code store}.
 */
@NullMarked
package io.mlserve.serving;

import org.jspecify.annotations.NullMarked;
