/**
 * What is to be served, as operators write it down: our YAML, TensorFlow Serving's {@code
 * models.config}, Triton's {@code config.pbtxt}.
 *
 * <p>Start at {@link io.mlserve.config.ConfigFile}. {@link io.mlserve.config.ConfigPlan} says what
 * a new configuration would change.
 *
 * <p>Putting it into effect belongs to {@code serving}, watching the file to {@code server}.
 */
@NullMarked
package io.mlserve.config;

import org.jspecify.annotations.NullMarked;
